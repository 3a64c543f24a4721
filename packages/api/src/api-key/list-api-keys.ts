import { listApiKeys as listApiKeyRows, type ApiKeyRow, type UserWithTeam } from '@parley/db';
import type { z } from 'zod';
import { decodeCursor, toPage } from '../schema/page-schema.ts';
import type { Services } from '../services.ts';
import { idSchema } from '../schema/text-schema.ts';
import type { listApiKeysInput } from './api-key.schema.ts';

export async function listApiKeys(
  { db }: Services,
  user: UserWithTeam,
  { cursor, limit }: z.output<typeof listApiKeysInput>,
): Promise<{ items: ApiKeyRow[]; nextCursor: string | null }> {
  const keys = await listApiKeyRows(db, {
    teamId: user.teamId,
    userId: user.id,
    beforeId: cursor == null ? undefined : decodeCursor(idSchema, cursor),
    limit: limit + 1,
  });
  return toPage(keys, limit, (last) => last.id);
}
