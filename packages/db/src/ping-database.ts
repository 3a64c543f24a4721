import { sql, type Kysely } from 'kysely';
import type { DB } from './generated/database.ts';

/** Whether the database answers a statement. */
export async function pingDatabase(db: Kysely<DB>): Promise<boolean> {
  try {
    await sql`select 1`.execute(db);
    return true;
  } catch {
    return false;
  }
}
