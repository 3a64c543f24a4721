// Formats a report as Markdown that is also readable in a terminal.
import type { Cell, Goal, Report, Table } from '../benchmark.ts';

/** @param level of the heading; the tables' headings are one level deeper */
export function formatReport(title: string, { tables, goals }: Report, level = 2): string {
  const all = goals.length === 0 ? tables : [...tables, goalTable(goals)];
  const heading = '#'.repeat(level);
  return [
    `${heading} ${title}`,
    ...all.map((table) => `${heading}# ${table.title}\n\n${toMarkdownTable(table)}`),
  ].join('\n\n');
}

export function goalTable(goals: readonly Goal[]): Table {
  return {
    title: 'Goals',
    rows: goals.map(({ goal, target, measured, isMet }) => ({
      goal,
      target,
      measured,
      result: isMet ? 'met' : 'MISSED',
    })),
  };
}

export function toMarkdownTable({ rows }: Table): string {
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
  return [line(columns), `| ${rule.join(' | ')} |`, ...cells.map(line)].join('\n');
}

function pad(text: string, width: number, isText: boolean): string {
  return isText ? text.padEnd(width) : text.padStart(width);
}

const SIGNIFICANT_DIGITS = 3;
const SMALLEST = 0.001;

/** Rounds to three significant digits: `12,300`, `8.42`, `0.0312`. */
export function formatNumber(value: number): string {
  if (Math.abs(value) < SMALLEST) return '0';
  return value.toLocaleString('en', { maximumSignificantDigits: SIGNIFICANT_DIGITS });
}

/** `median (min-max)` */
function formatCell(cell: Cell): string {
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number') return formatNumber(cell);
  const { median, min, max } = cell;
  return min === max
    ? formatNumber(median)
    : `${formatNumber(median)} (${formatNumber(min)}-${formatNumber(max)})`;
}
