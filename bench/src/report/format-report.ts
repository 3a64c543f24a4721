// A report as Markdown, which also reads well in a terminal.
import type { Report, Table } from '../benchmark.ts';
import { formatCell } from './format-cell.ts';

export function formatReport(title: string, { tables, goals }: Report): string {
  const goalTable: Table = {
    title: 'Goals',
    rows: goals.map(({ goal, target, measured, isMet }) => ({
      goal,
      target,
      measured,
      result: isMet ? 'met' : 'MISSED',
    })),
  };
  const all = goals.length === 0 ? tables : [...tables, goalTable];
  return [`## ${title}`, ...all.map(formatTable)].join('\n\n');
}

function formatTable({ title, rows }: Table): string {
  const columns = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => columns.map((column) => formatCell(row[column] ?? '')));
  const widths = columns.map((column, index) =>
    Math.max(column.length, ...cells.map((row) => row[index]?.length ?? 0)),
  );
  const isText = columns.map((column) => rows.every((row) => typeof row[column] === 'string'));
  const line = (texts: readonly string[]): string =>
    `| ${texts.map((text, index) => pad(text, widths[index] ?? 0, isText[index] === true)).join(' | ')} |`;
  const rule = widths.map((width, index) =>
    isText[index] === true ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [`### ${title}`, '', line(columns), `| ${rule.join(' | ')} |`, ...cells.map(line)].join('\n');
}

function pad(text: string, width: number, isText: boolean): string {
  return isText ? text.padEnd(width) : text.padStart(width);
}
