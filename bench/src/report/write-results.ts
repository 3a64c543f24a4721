import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../benchmark.ts';

export const resultsDir = fileURLToPath(new URL('../../results', import.meta.url));

export interface Results {
  startedAt: string;
  machine: string;
  isQuick: boolean;
  /** By name, in the order in which they ran. Failed benchmarks are missing. */
  reports: Record<string, Report & { title: string; seconds: number }>;
}

const LAST_FULL_RUN = 'last-full-run';

/** A full run replaces the last full run, which is committed. Any other run gets a new file. */
export async function writeResults(results: Results, isFull: boolean): Promise<string> {
  const name = isFull ? LAST_FULL_RUN : `run-${results.startedAt.replaceAll(':', '-')}`;
  await mkdir(resultsDir, { recursive: true });
  await writeFile(fileOf(name), `${JSON.stringify(results, null, 2)}\n`);
  return fileOf(name);
}

export async function readLastFullRun(): Promise<Results> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what writeResults has written
  return JSON.parse(await readFile(fileOf(LAST_FULL_RUN), 'utf8')) as Results;
}

function fileOf(name: string): string {
  return path.join(resultsDir, `${name}.json`);
}
