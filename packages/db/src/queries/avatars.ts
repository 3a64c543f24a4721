import { sql, type Kysely } from 'kysely';
import type { DB } from '../generated/database.ts';

export interface AvatarRow {
  contentType: string;
  bytes: Uint8Array;
  etag: string;
}

interface AvatarKey {
  teamId: string;
  agentId: string;
}

export async function find(db: Kysely<DB>, { teamId, agentId }: AvatarKey): Promise<AvatarRow | undefined> {
  return db
    .selectFrom('agentAvatars')
    .select(['contentType', 'bytes', 'etag'])
    .where('teamId', '=', teamId)
    .where('agentId', '=', agentId)
    .executeTakeFirst();
}

export async function upsert(
  db: Kysely<DB>,
  { teamId, agentId, contentType, bytes, etag }: AvatarKey & AvatarRow,
): Promise<void> {
  const avatar = { contentType, bytes, etag };
  await db
    .insertInto('agentAvatars')
    .values({ teamId, agentId, ...avatar })
    .onConflict((conflict) =>
      conflict.columns(['teamId', 'agentId']).doUpdateSet({ ...avatar, updatedAt: sql<string>`now()` }),
    )
    .execute();
}

async function deleteAvatar(db: Kysely<DB>, { teamId, agentId }: AvatarKey): Promise<void> {
  await db.deleteFrom('agentAvatars').where('teamId', '=', teamId).where('agentId', '=', agentId).execute();
}
export { deleteAvatar as delete };
