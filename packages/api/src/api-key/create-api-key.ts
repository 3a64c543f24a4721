import { apiKeys, newId, users, type ApiKeyRow } from '@parley/db';
import { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import type { Authentication } from '../auth/credential.ts';
import { lockActor } from '../auth/lock-actor.ts';
import { verifyOwnPassword, wrongPassword } from '../auth/verify-own-password.ts';
import { adminRequired } from '../errors.ts';
import { nameSchema, textSchema } from '../schema/text-schema.ts';
import { createSecretToken } from '../secrets/secret-token.ts';
import type { Services } from '../services.ts';
import { sessionProcedure } from '../trpc.ts';
import { apiKeyOutput, keyScopeSchema } from './api-key.schema.ts';

const createApiKeyInput = z.object({
  /** The key's purpose. */
  name: nameSchema({ max: 100 }),
  /**
   * `read`: read chats and agents. `chat`: also write chats. `agents`: also manage agents. `admin`: also manage the team.
   * The last two require an admin. A key can never do more than its user.
   */
  scope: keyScopeSchema,
  /** The user's password. */
  password: textSchema({ max: 256 }),
  /** Default: in 90 days. Null: the key is valid until it is revoked. */
  expiresAt: z.iso
    .datetime({ offset: true })
    .refine((time) => Date.parse(time) > Date.now(), 'must be in the future')
    .nullish(),
});

/** This is the only output that contains the `key`. */
const createdApiKeyOutput = apiKeyOutput.extend({ key: z.string().regex(/^parley_[\w-]{43}$/) });

export const createApiKeyProcedure = sessionProcedure
  .meta({
    rest: {
      route: 'POST /api/api-keys',
      summary: 'Create an API key',
      description: 'For scripts: `Authorization: Bearer parley_...`. Only this response contains the key.',
      status: 201,
      errors: ['WRONG_PASSWORD', 'ADMIN_REQUIRED', 'SERVER_BUSY'],
    },
  })
  .input(createApiKeyInput)
  .output(createdApiKeyOutput)
  .mutation(({ ctx, input }) => createApiKey(ctx, input));

const KEY_BYTES = 32;
const DEFAULT_LIFETIME_MS = 90 * 24 * 60 * 60 * 1000;

/**
 * Creates a key that acts as its user, within its scope and the user's role at that time. Only its hash is stored.
 * @throws DomainError WRONG_PASSWORD, ADMIN_REQUIRED, SERVER_BUSY
 */
async function createApiKey(
  ctx: Services & Authentication,
  { name, scope, password, expiresAt = inDefaultLifetime() }: z.output<typeof createApiKeyInput>,
): Promise<ApiKeyRow & { key: string }> {
  const { token: key, hash } = createSecretToken('parley_', KEY_BYTES);
  const id = newId();
  const { user } = ctx;
  const { teamId } = user;
  const passwordHash = await verifyOwnPassword(ctx, password);
  const row = await ctx.db.transaction().execute(async (trx) => {
    const { role } = await lockActor(trx, ctx);
    // The password may have changed since it was verified.
    if (!(await users.lockWithPassword(trx, { teamId, id: user.id, passwordHash }))) throw wrongPassword();
    if (role !== 'admin' && (scope === 'agents' || scope === 'admin')) throw adminRequired();
    const inserted = await apiKeys.insert(trx, {
      teamId,
      id,
      userId: user.id,
      name,
      keyHash: hash,
      scope,
      expiresAt,
    });
    await recordAudit(trx, {
      teamId,
      actorId: user.id,
      action: 'apiKey.create',
      targetId: id,
      details: { name, scope, expiresAt: inserted.expiresAt },
    });
    return inserted;
  });
  return { ...row, key };
}

function inDefaultLifetime(): string {
  return new Date(Date.now() + DEFAULT_LIFETIME_MS).toISOString();
}
