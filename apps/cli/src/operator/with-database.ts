import { open, type DB } from '@parley/db';
import type { Kysely } from 'kysely';
import { CommandError } from '../command-error.ts';
import type { Environment } from '../environment.ts';
import { exitCode } from '../exit-code.ts';

type Location = Pick<Environment, 'databaseUrl' | 'dataDir'>;

/**
 * Opens and migrates the server's database, runs `work` and closes it.
 * @throws CommandError DATABASE_UNAVAILABLE with the cause
 */
export async function withDatabase<Result>(
  { databaseUrl, dataDir }: Location,
  work: (db: Kysely<DB>) => Promise<Result>,
  onMigrated: (files: readonly string[]) => void = () => {},
): Promise<Result> {
  const location = databaseUrl === undefined ? { dataDir } : { url: databaseUrl, maxConnections: 2 };
  const db = await open({ ...location, onMigrated }).catch((cause: unknown) => {
    throw databaseUnavailable(cause);
  });
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

export function databaseUnavailable(cause: unknown): CommandError {
  return new CommandError(cause instanceof Error ? cause.message : String(cause), {
    reason: 'DATABASE_UNAVAILABLE',
    exitCode: exitCode.unavailable,
    cause,
  });
}
