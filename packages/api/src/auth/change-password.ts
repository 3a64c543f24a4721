import { apiKeys, sessions, users } from '@parley/db';
import { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import { invalidField } from '../errors.ts';
import { textSchema } from '../schema/text-schema.ts';
import type { Services } from '../services.ts';
import { sessionProcedure } from '../trpc.ts';
import { EMAIL_IN_PASSWORD, newPasswordSchema, okOutput } from './auth.schema.ts';
import { containsEmail } from './contains-email.ts';
import type { Authentication } from './credential.ts';
import { lockActor } from './lock-actor.ts';
import { verifyOwnPassword, wrongPassword } from './verify-own-password.ts';

const changePasswordInput = z.object({
  currentPassword: textSchema({ max: 256 }),
  newPassword: newPasswordSchema,
  /** Whether your API keys are revoked, too: someone who knew the old password could have created some. */
  revokeApiKeys: z.boolean().default(true),
});

export const changePasswordProcedure = sessionProcedure
  .meta({
    rest: {
      route: 'POST /api/auth/change-password',
      summary: 'Change your password',
      description:
        'Ends all your other sessions and, unless `revoke_api_keys` is false, revokes all your API keys.',
      errors: ['SESSION_REQUIRED', 'WRONG_PASSWORD', 'SERVER_BUSY'],
    },
  })
  .input(changePasswordInput)
  .output(okOutput)
  .mutation(({ ctx, input }) => changePassword(ctx, ctx.sessionIdHash, input));

/**
 * Changes a user's password after checking the current one, and ends the user's other sessions and API keys.
 * @throws DomainError WRONG_PASSWORD, SERVER_BUSY
 */
async function changePassword(
  ctx: Services & Authentication,
  sessionIdHash: string,
  { currentPassword, newPassword, revokeApiKeys }: z.output<typeof changePasswordInput>,
): Promise<{ ok: true }> {
  const { db, passwords, user } = ctx;
  const { teamId, id } = user;
  if (containsEmail(newPassword, user.email)) throw invalidField('newPassword', EMAIL_IN_PASSWORD);
  const currentHash = await verifyOwnPassword(ctx, currentPassword);
  const passwordHash = await passwords.hash(newPassword);
  await db.transaction().execute(async (trx) => {
    // The update waits for another change and for logins with the current password, whose sessions are deleted then.
    const isCurrent = await users.updatePassword(trx, { teamId, id, fromHash: currentHash, passwordHash });
    await lockActor(trx, ctx);
    if (!isCurrent) throw wrongPassword();
    await sessions.deleteAllOfUser(trx, { teamId, userId: id, exceptIdHash: sessionIdHash });
    if (revokeApiKeys) await apiKeys.revokeAllOfUser(trx, { teamId, userId: id });
    await recordAudit(trx, {
      teamId,
      actorId: id,
      action: 'auth.changePassword',
      targetId: id,
      details: { revokeApiKeys },
    });
  });
  return { ok: true };
}
