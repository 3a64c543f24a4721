// CPU profiles of servers under load: each is written to a file, and ours also become tables of the report.
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Table } from '../benchmark.ts';
import { OURS } from '../contestants/contestants.ts';
import type { RunningContestant } from '../contestants/start-contestants.ts';
import type { ProfileCommands } from '../measure/cpu-profile.ts';
import type { Worker } from '../processes/start-worker.ts';
import { resultsDir } from './write-results.ts';

const WINDOW_MS = 1_500;
const MIN_SHARE = 0.005;
const FUNCTIONS = ': the functions that take most of it';

/** Profiles of contestants, taken after a measured window while the load continues. */
export class Profiles {
  readonly tables: Table[] = [];

  /** @param workload the load, for the names of the file and the tables */
  async take({ name, server }: RunningContestant, workload: string): Promise<void> {
    const file = `${workload} ${name}`.replaceAll(/[^\w.]+/g, '-');
    const title = `${name}, ${workload}`;
    const tables = await profileServer(server, { file, title, windowMs: WINDOW_MS });
    if (name === OURS) this.tables.push(...tables);
  }
}

/**
 * Profiles a server for a while and returns two tables: the share of each package, and of each function. The whole profile goes
 * to `<file>.cpuprofile` in results/, for Chrome DevTools or VS Code.
 */
export async function profileServer(
  server: Worker<ProfileCommands>,
  { file, title, windowMs }: { file: string; title: string; windowMs: number },
): Promise<Table[]> {
  await server.call('startProfile');
  await delay(windowMs);
  const { byOwner, byFunction } = await server.call(
    'stopProfile',
    path.join(resultsDir, `${file}.cpuprofile`),
  );
  const percent = (share: number): number => share * 100;
  return [
    {
      title: `${title}: whose code takes the server's time`,
      rows: byOwner
        .filter(({ share }) => share >= MIN_SHARE)
        .map(({ owner, share }) => ({ code: owner, '% of CPU time': percent(share) })),
    },
    {
      title: `${title}${FUNCTIONS}`,
      rows: byFunction.map(({ function: name, share }) => ({
        function: name,
        '% of CPU time': percent(share),
      })),
    },
  ];
}

export function isFunctionTable({ title }: Table): boolean {
  return title.endsWith(FUNCTIONS);
}
