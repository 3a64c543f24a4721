import { apiKeys, newId, type ApiKeyRow, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import { nameSchema } from '../schema/text-schema.ts';
import { createSecretToken } from '../secrets/secret-token.ts';
import type { Services } from '../services.ts';
import { sessionProcedure } from '../trpc.ts';
import { apiKeyOutput } from './api-key.schema.ts';

const createApiKeyInput = z.object({
  /** What the key is for. */
  name: nameSchema({ max: 100 }),
  /** Null, or left out: until it is revoked. */
  expiresAt: z.iso
    .datetime({ offset: true })
    .refine((time) => Date.parse(time) > Date.now(), 'must be in the future')
    .nullish(),
});

/** `key` is shown here, and never again. */
const createdApiKeyOutput = apiKeyOutput.extend({ key: z.string() });

export const createApiKeyProcedure = sessionProcedure
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
  .mutation(({ ctx, input }) => createApiKey(ctx, ctx.user, input));

const KEY_BYTES = 32;

/** Makes a key that calls as its user, with the user's role of the moment. Only its hash is kept. */
async function createApiKey(
  { db }: Services,
  user: UserWithTeam,
  { name, expiresAt }: z.output<typeof createApiKeyInput>,
): Promise<ApiKeyRow & { key: string }> {
  const { token: key, hash } = createSecretToken('parley_', KEY_BYTES);
  const id = newId();
  const row = await db.transaction().execute(async (trx) => {
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
