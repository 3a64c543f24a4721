import { apiKeys, newId, type ApiKeyRow } from '@parley/db';
import { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import type { Authentication } from '../auth/credential.ts';
import { lockActor } from '../auth/lock-actor.ts';
import { nameSchema } from '../schema/text-schema.ts';
import { createSecretToken } from '../secrets/secret-token.ts';
import type { Services } from '../services.ts';
import { sessionProcedure } from '../trpc.ts';
import { apiKeyOutput } from './api-key.schema.ts';

const createApiKeyInput = z.object({
  /** The key's purpose. */
  name: nameSchema({ max: 100 }),
  /** Null or missing: the key is valid until it is revoked. */
  expiresAt: z.iso
    .datetime({ offset: true })
    .refine((time) => Date.parse(time) > Date.now(), 'must be in the future')
    .nullish(),
});

/** This is the only output that contains the `key`. */
const createdApiKeyOutput = apiKeyOutput.extend({ key: z.string() });

export const createApiKeyProcedure = sessionProcedure
  .meta({
    rest: {
      route: 'POST /api/api-keys',
      summary: 'Create an API key',
      description: 'For scripts: `Authorization: Bearer parley_...`. Only this response contains the key.',
      status: 201,
      errors: ['SESSION_REQUIRED'],
    },
  })
  .input(createApiKeyInput)
  .output(createdApiKeyOutput)
  .mutation(({ ctx, input }) => createApiKey(ctx, input));

const KEY_BYTES = 32;

/** Creates a key that acts as its user, with the user's current role. Only its hash is stored. */
async function createApiKey(
  ctx: Services & Authentication,
  { name, expiresAt }: z.output<typeof createApiKeyInput>,
): Promise<ApiKeyRow & { key: string }> {
  const { token: key, hash } = createSecretToken('parley_', KEY_BYTES);
  const id = newId();
  const { user } = ctx;
  const row = await ctx.db.transaction().execute(async (trx) => {
    await lockActor(trx, ctx);
    const inserted = await apiKeys.insert(trx, {
      teamId: user.teamId,
      id,
      userId: user.id,
      name,
      keyHash: hash,
      expiresAt: expiresAt ?? null,
    });
    await recordAudit(trx, {
      teamId: user.teamId,
      actorId: user.id,
      action: 'apiKey.create',
      targetId: id,
      details: { name, expiresAt: inserted.expiresAt },
    });
    return inserted;
  });
  return { ...row, key };
}
