// Writes the tables of the last full run into bench/README.md.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Report, Table } from '../benchmark.ts';
import { formatReport, toMarkdownTable, goalTable } from './format-report.ts';
import { isFunctionTable } from './profiles.ts';
import type { Results } from './write-results.ts';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const MARK = '<!-- From here on: `npm run bench -- --readme` -->';
/** The number of rows of a profile's table. */
const MAX_ROWS = 12;

/** @returns the path of the README */
export async function updateReadme(results: Results): Promise<string> {
  const [written, ...rest] = (await readFile(README, 'utf8')).split(MARK);
  if (written === undefined || rest.length !== 1) throw new Error(`${README} must have one line ${MARK}`);
  await writeFile(README, `${written}${MARK}\n\n${formatResults(results)}\n`);
  return README;
}

function formatResults({ startedAt, machine, isQuick, reports }: Results): string {
  const all = Object.values(reports);
  const seconds = all.reduce((sum, report) => sum + report.seconds, 0);
  return [
    '## The last table',
    `${startedAt.slice(0, 10)}, ${machine}. ${isQuick ? 'A quick run' : 'A full run'}, ${Math.ceil(seconds / 60)} minutes. Medians of the rounds, with minimum and maximum.`,
    toMarkdownTable(goalTable(all.flatMap(({ goals }) => goals))),
    ...all.map((report) => formatReport(report.title, { tables: shorten(report), goals: [] }, 3)),
  ].join('\n\n');
}

function shorten({ tables }: Report): Table[] {
  return tables
    .filter((table) => !isFunctionTable(table))
    .map(({ title, rows }) => ({ title, rows: rows.slice(0, MAX_ROWS) }));
}
