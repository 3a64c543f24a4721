// Creates empty databases of both engines.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startPostgres } from '../../../packages/db/src/testing/start-postgres.ts';

export type Engine = 'Postgres' | 'PGlite';

export const engines: readonly Engine[] = ['Postgres', 'PGlite'];

export interface EmptyDatabase extends AsyncDisposable {
  /** Undefined for PGlite. */
  url: string | undefined;
  /** Holds PGlite's database and the other files of a server. */
  dataDir: string;
}

export async function createDatabase(engine: Engine): Promise<EmptyDatabase> {
  await using stack = new AsyncDisposableStack();
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'parley-bench-'));
  stack.defer(() => rm(dataDir, { recursive: true, force: true }));
  let url: string | undefined;
  if (engine === 'Postgres') {
    const postgres = await startPostgres();
    stack.defer(() => postgres.stop());
    url = postgres.url;
  }
  const created = stack.move();
  return { url, dataDir, [Symbol.asyncDispose]: () => created.disposeAsync() };
}
