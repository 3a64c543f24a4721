import {
  BackupError,
  hasUnencodedPassword,
  isDatabaseUnavailable,
  open,
  UNENCODED_PASSWORD,
  type DB,
} from '@parley/db';
import type { Kysely } from 'kysely';
import { CommandError, UsageError } from '../command-error.ts';
import type { Environment } from '../environment.ts';
import { exitCode } from '../exit-code.ts';

type Location = Pick<Environment, 'databaseUrl' | 'dataDir'>;

/**
 * Opens and migrates the server's database, runs `work` and closes it.
 * @throws CommandError DATABASE_UNAVAILABLE, DATABASE_UNUSABLE with the cause; UsageError for a malformed DATABASE_URL
 */
export async function withDatabase<Result>(
  location: Location,
  work: (db: Kysely<DB>) => Promise<Result>,
  onMigrated: (files: readonly string[]) => void = () => {},
): Promise<Result> {
  const db = await open({ ...locationOf(location), maxConnections: 2, onMigrated }).catch(
    (cause: unknown) => {
      throw unopened(cause);
    },
  );
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

export function locationOf({ databaseUrl, dataDir }: Location): { url: string } | { dataDir: string } {
  if (databaseUrl === undefined) return { dataDir };
  if (hasUnencodedPassword(databaseUrl)) throw new UsageError(`DATABASE_URL ${UNENCODED_PASSWORD}.`);
  return { url: databaseUrl };
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
