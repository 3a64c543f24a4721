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
    .input(createApiKeyInput)
    .output(createdApiKeyOutput)
    .mutation(({ ctx, input }) => createApiKey(ctx, ctx.user, input)),

  list: authedProcedure
    .input(listApiKeysInput)
    .output(listApiKeysOutput)
    .query(({ ctx, input }) => listApiKeys(ctx, ctx.user, input)),

  revoke: authedProcedure
    .input(apiKeyIdInput)
    .output(apiKeyOutput)
    .mutation(({ ctx, input }) => revokeApiKey(ctx, ctx.user, input)),
});
