import { BackupError, open, type DB } from '@parley/db';
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
  location: Location,
  work: (db: Kysely<DB>) => Promise<Result>,
  onMigrated: (files: readonly string[]) => void = () => {},
): Promise<Result> {
  const db = await open({ ...locationOf(location), maxConnections: 2, onMigrated }).catch(
    (cause: unknown) => {
      throw databaseUnavailable(cause);
    },
  );
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

export function locationOf({ databaseUrl, dataDir }: Location): { url: string } | { dataDir: string } {
  return databaseUrl === undefined ? { dataDir } : { url: databaseUrl };
}

/** For commands that use the database without `withDatabase`: a BackupError has its own reason. */
export function explainDatabaseError(error: unknown): unknown {
  return error instanceof BackupError ? error : databaseUnavailable(error);
}

function databaseUnavailable(cause: unknown): CommandError {
  return new CommandError(cause instanceof Error ? cause.message : String(cause), {
    reason: 'DATABASE_UNAVAILABLE',
    exitCode: exitCode.unavailable,
    cause,
  });
}
