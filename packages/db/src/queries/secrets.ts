// A team's stored secrets, for the change of the key that they are encrypted with. They begin with a mark of their key.
import { sql, type Kysely } from 'kysely';
import type { DB } from '../generated/database.ts';

/** The columns of `agents` that hold secrets. A test compares this with the schema. */
export const encryptedColumns = ['webhookTokenEncrypted', 'signingSecretEncrypted'] as const;

export type EncryptedColumn = (typeof encryptedColumns)[number];

/** Secrets that do not begin with `prefix`, in the order of their agents' ids. */
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

/** Whether the secret was still the one it is replaced for. */
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
