import { authedProcedure, router, sessionProcedure } from '../trpc.ts';
import {
  apiKeyIdInput,
  apiKeyOutput,
  createApiKeyInput,
  createdApiKeyOutput,
  listApiKeysInput,
  listApiKeysOutput,
} from './api-key.schema.ts';
import { createApiKey } from './create-api-key.ts';
import { listApiKeys } from './list-api-keys.ts';
import { revokeApiKey } from './revoke-api-key.ts';

export const apiKeyRouter = router({
  create: sessionProcedure
    .meta({
      rest: {
        route: 'POST /api/api-keys',
        summary: 'Make an API key',
        description:
          'For scripts: `Authorization: Bearer parley_...`. The key is shown in this answer, and never again.',
        status: 201,
        errors: ['SESSION_REQUIRED'],
      },
    })
    .input(createApiKeyInput)
    .output(createdApiKeyOutput)
    .mutation(({ ctx, input }) => createApiKey(ctx, ctx.user, input)),

  list: authedProcedure
    .meta({
      rest: {
        route: 'GET /api/api-keys',
        summary: 'Your API keys',
        description: 'Newest first, without the keys themselves.',
        errors: ['INVALID_CURSOR'],
      },
    })
    .input(listApiKeysInput)
    .output(listApiKeysOutput)
    .query(({ ctx, input }) => listApiKeys(ctx, ctx.user, input)),

  revoke: authedProcedure
    .meta({
      rest: {
        route: 'DELETE /api/api-keys/{id}',
        summary: 'Revoke an API key',
        errors: ['API_KEY_NOT_FOUND'],
      },
    })
    .input(apiKeyIdInput)
    .output(apiKeyOutput)
    .mutation(({ ctx, input }) => revokeApiKey(ctx, ctx.user, input)),
});
