import { sessions, users, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import { DomainError, invalidField } from '../errors.ts';
import { textSchema } from '../schema/text-schema.ts';
import type { Services } from '../services.ts';
import { sessionProcedure } from '../trpc.ts';
import { EMAIL_IN_PASSWORD, newPasswordSchema, okOutput } from './auth.schema.ts';
import { containsEmail } from './contains-email.ts';

const changePasswordInput = z.object({
  currentPassword: textSchema({ max: 256 }),
  newPassword: newPasswordSchema,
});

export const changePasswordProcedure = sessionProcedure
  .meta({
    rest: {
      route: 'POST /api/auth/change-password',
      summary: 'Change your password',
      description: 'Ends all your other sessions.',
      errors: ['SESSION_REQUIRED', 'WRONG_PASSWORD', 'SERVER_BUSY'],
    },
  })
  .input(changePasswordInput)
  .output(okOutput)
  .mutation(({ ctx, input }) => changePassword(ctx, ctx.user, ctx.sessionIdHash, input));

/**
 * Changes a user's password after checking the current one, and ends the user's other sessions.
 * @throws DomainError WRONG_PASSWORD, SERVER_BUSY
 */
async function changePassword(
  { db, passwords }: Services,
  user: UserWithTeam,
  sessionIdHash: string,
  { currentPassword, newPassword }: z.output<typeof changePasswordInput>,
): Promise<{ ok: true }> {
  const { teamId, id } = user;
  if (containsEmail(newPassword, user.email)) throw invalidField('newPassword', EMAIL_IN_PASSWORD);
  const currentHash = await users.findPasswordHash(db, { teamId, id });
  if (currentHash === undefined || !(await passwords.verify(currentHash, currentPassword))) {
    throw new DomainError('WRONG_PASSWORD', 'The current password is wrong.');
  }
  const passwordHash = await passwords.hash(newPassword);
  await db.transaction().execute(async (trx) => {
    await users.updatePassword(trx, { teamId, id, passwordHash });
    await sessions.deleteAllOfUser(trx, { teamId, userId: id, exceptIdHash: sessionIdHash });
    await recordAudit(trx, { teamId, actorId: id, action: 'auth.changePassword', targetId: id });
  });
  return { ok: true };
}
