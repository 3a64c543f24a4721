// A team's stored secrets, for the rotation of the encryption key. A sealed value starts with a prefix that names its
// key.
import { sql, type Kysely } from 'kysely';
import type { DB } from '../generated/database.ts';

/** The columns of `agents` that hold secrets. A test compares the list with the schema. */
export const encryptedColumns = ['webhookTokenEncrypted', 'signingSecretEncrypted'] as const;

export type EncryptedColumn = (typeof encryptedColumns)[number];

/** Secrets that do not start with `prefix`, in the order of their agents' ids. */
export async function listToRotate(
  db: Kysely<DB>,
  { teamId, column }: { teamId: string; column: EncryptedColumn },
  { prefix, afterId, limit }: { prefix: Uint8Array; afterId?: string | undefined; limit: number },
): Promise<{ id: string; sealed: Uint8Array }[]> {
  let query = db
    .selectFrom('agents')
    .select(['id', `${column} as sealed`])
    .$narrowType<{ sealed: Uint8Array }>()
    .where('teamId', '=', teamId)
    .where(column, 'is not', null)
    .where(sql`substring(${sql.ref(column)} from 1 for ${prefix.length})`, '<>', prefix);
  if (afterId !== undefined) query = query.where('id', '>', afterId);
  return query.orderBy('id').limit(limit).execute();
}

/** Returns whether the secret still had the value `from`. */
export async function replace(
  db: Kysely<DB>,
  secret: { teamId: string; id: string; column: EncryptedColumn; from: Uint8Array; to: Uint8Array },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('agents')
    .set({ [secret.column]: secret.to })
    .where('teamId', '=', secret.teamId)
    .where('id', '=', secret.id)
    .where(secret.column, '=', secret.from)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
