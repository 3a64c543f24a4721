import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Report } from '../benchmark.ts';
import { resultsDir } from './results-dir.ts';

export interface Results {
  startedAt: string;
  machine: string;
  isQuick: boolean;
  reports: Record<string, Report>;
}

/** A full run replaces the last full one, which is kept in the repository; any other gets a file of its own. */
export async function writeResults(results: Results, isFull: boolean): Promise<string> {
  const name = isFull ? 'last-full-run' : `run-${results.startedAt.replaceAll(':', '-')}`;
  const file = path.join(resultsDir, `${name}.json`);
  await mkdir(resultsDir, { recursive: true });
  await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
  return file;
}
