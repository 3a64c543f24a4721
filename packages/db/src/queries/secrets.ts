// Stored secrets, all teams at once, for the change of the key that they are encrypted with. They begin with a mark of
// their key.
import { sql, type Kysely } from 'kysely';
import type { DB } from '../generated/database.ts';

/** The columns of `agents` that hold secrets. A test compares this with the schema. */
export const encryptedColumns = ['webhook_token_encrypted', 'signing_secret_encrypted'] as const;

export type EncryptedColumn = (typeof encryptedColumns)[number];

export interface StoredSecret {
  teamId: string;
  id: string;
  sealed: Uint8Array;
}

/** Secrets that do not begin with `prefix`, in the order of the primary key. */
export async function listSecretsToRotate(
  db: Kysely<DB>,
  column: EncryptedColumn,
  page: { prefix: Uint8Array; after?: { teamId: string; id: string } | undefined; limit: number },
): Promise<StoredSecret[]> {
  const { prefix, after, limit } = page;
  let query = db
    .selectFrom('agents')
    .select(['team_id as teamId', 'id', `${column} as sealed`])
    .$narrowType<{ sealed: Uint8Array }>()
    .where(column, 'is not', null)
    .where(sql`substring(${sql.ref(column)} from 1 for ${prefix.length})`, '<>', prefix);
  if (after !== undefined) {
    query = query.where((eb) => eb(eb.refTuple('team_id', 'id'), '>', eb.tuple(after.teamId, after.id)));
  }
  return query.orderBy('team_id').orderBy('id').limit(limit).execute();
}

/** Whether the secret was still the one it is replaced for. */
export async function replaceSecret(
  db: Kysely<DB>,
  column: EncryptedColumn,
  { teamId, id, from, to }: { teamId: string; id: string; from: Uint8Array; to: Uint8Array },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('agents')
    .set({ [column]: to })
    .where('team_id', '=', teamId)
    .where('id', '=', id)
    .where(column, '=', from)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
