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
    .selectFrom('agent_avatars')
    .select(['content_type as contentType', 'bytes', 'etag'])
    .where('team_id', '=', teamId)
    .where('agent_id', '=', agentId)
    .executeTakeFirst();
}

export async function upsert(
  db: Kysely<DB>,
  { teamId, agentId, contentType, bytes, etag }: AvatarKey & AvatarRow,
): Promise<void> {
  const avatar = { content_type: contentType, bytes, etag };
  await db
    .insertInto('agent_avatars')
    .values({ team_id: teamId, agent_id: agentId, ...avatar })
    .onConflict((conflict) =>
      conflict.columns(['team_id', 'agent_id']).doUpdateSet({ ...avatar, updated_at: sql<string>`now()` }),
    )
    .execute();
}

async function deleteAvatar(db: Kysely<DB>, { teamId, agentId }: AvatarKey): Promise<void> {
  await db
    .deleteFrom('agent_avatars')
    .where('team_id', '=', teamId)
    .where('agent_id', '=', agentId)
    .execute();
}
export { deleteAvatar as delete };
