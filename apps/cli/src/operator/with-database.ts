import { BackupError, isDatabaseUnavailable, open, type DB } from '@parley/db';
import type { Kysely } from 'kysely';
import { CommandError } from '../command-error.ts';
import { exitCode } from '../exit-code.ts';
import type { DatabaseLocation } from './choose-database.ts';

/**
 * Opens and migrates the server's database, runs `work` and closes it.
 * @throws CommandError DATABASE_UNAVAILABLE, DATABASE_UNUSABLE with the cause
 */
export async function withDatabase<Result>(
  location: DatabaseLocation,
  work: (db: Kysely<DB>) => Promise<Result>,
  onMigrated: (files: readonly string[]) => void = () => {},
): Promise<Result> {
  const db = await open({ ...location, maxConnections: 2, onMigrated }).catch((cause: unknown) => {
    throw unopened(cause);
  });
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

/** For commands that use the database without `withDatabase`: a BackupError has its own reason. */
export function explainDatabaseError(error: unknown): unknown {
  return error instanceof BackupError ? error : unopened(error);
}

/** A database that is unreachable or busy may be neither later; a wrong password or a foreign table does not go away. */
function unopened(cause: unknown): CommandError {
  return new CommandError(cause instanceof Error ? cause.message : String(cause), {
    ...(isDatabaseUnavailable(cause)
      ? { reason: 'DATABASE_UNAVAILABLE', exitCode: exitCode.unavailable }
      : { reason: 'DATABASE_UNUSABLE' }),
    cause,
  });
}
