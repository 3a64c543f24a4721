import type { Insertable, Kysely } from 'kysely';
import type { DB, ErrorLogs } from '../generated/database.ts';

/** Redaction is the caller's: no tokens, no bodies. */
export async function insertErrorLog(
  db: Kysely<DB>,
  log: Pick<
    Insertable<ErrorLogs>,
    'team_id' | 'id' | 'reason' | 'message' | 'hint' | 'agent_id' | 'run_id' | 'user_id'
  >,
): Promise<void> {
  await db.insertInto('error_logs').values(log).execute();
}
