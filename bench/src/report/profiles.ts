// Profiles of contestants, taken after a measured window while the load goes on: all as files, ours as tables too.
import type { Table } from '../benchmark.ts';
import { OURS } from '../contestants/contestants.ts';
import type { RunningContestant } from '../contestants/start-contestants.ts';
import { profileWorker } from '../measure/profile-worker.ts';
import { profileFile } from './results-dir.ts';
import { shareTables } from './share-tables.ts';

const WINDOW_MS = 1_500;

export class Profiles {
  readonly tables: Table[] = [];

  /** @param workload what is asked of the contestant, for the names of file and tables */
  async take({ name, server }: RunningContestant, workload: string): Promise<void> {
    const file = profileFile(`${workload} ${name}`.replaceAll(/[^\w.]+/g, '-'));
    const shares = await profileWorker(server, { file, windowMs: WINDOW_MS });
    if (name === OURS) this.tables.push(...shareTables(`${name}, ${workload}`, shares));
  }
}
