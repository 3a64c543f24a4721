import { apiKeys, type ApiKeyRow, type UserWithTeam } from '@parley/db';
import type { z } from 'zod';
import { idSchema } from '../schema/id-schema.ts';
import { decodeCursor, pageInput, pageOutput, toPage } from '../schema/page-schema.ts';
import type { Services } from '../services.ts';
import { sessionProcedure } from '../trpc.ts';
import { apiKeyOutput } from './api-key.schema.ts';

const listApiKeysInput = pageInput.prefault({});

const listApiKeysOutput = pageOutput(apiKeyOutput);

export const listApiKeysProcedure = sessionProcedure
  .meta({
    rest: {
      route: 'GET /api/api-keys',
      summary: 'List your API keys',
      description: 'Newest first. The list does not contain the keys themselves.',
      errors: ['INVALID_CURSOR'],
    },
  })
  .input(listApiKeysInput)
  .output(listApiKeysOutput)
  .query(({ ctx, input }) => listApiKeys(ctx, ctx.user, input));

async function listApiKeys(
  { db }: Services,
  user: UserWithTeam,
  { cursor, limit }: z.output<typeof listApiKeysInput>,
): Promise<{ items: ApiKeyRow[]; nextCursor: string | null }> {
  const keys = await apiKeys.list(db, {
    teamId: user.teamId,
    userId: user.id,
    beforeId: cursor == null ? undefined : decodeCursor(idSchema, cursor),
    limit: limit + 1,
  });
  return toPage(keys, limit, (last) => last.id);
}
