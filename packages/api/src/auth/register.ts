import { hasUsers, insertUser, isUniqueViolation, lockTeam, newId, type UserWithTeam } from '@parley/db';
import type { z } from 'zod';
import type { Context } from '../context.ts';
import { DomainError } from '../errors.ts';
import type { Account, registerInput } from './auth.schema.ts';
import { hashPassword } from './password.ts';
import { startSession } from './start-session.ts';

/**
 * Makes an account in a team whose registration is open, and logs it in. The first account of a team is its admin.
 * @throws DomainError REGISTRATION_CLOSED, EMAIL_TAKEN
 */
export async function register(ctx: Context, input: z.output<typeof registerInput>): Promise<Account> {
  const passwordHash = await hashPassword(input.password);
  const user = await ctx.db
    .transaction()
    .execute(async (trx): Promise<UserWithTeam> => {
      // The lock makes "the first account" one account, also when two people register at once.
      const team = await lockTeam(trx, input.teamId);
      if (team?.isRegistrationOpen !== true) throw registrationClosed();
      const role = (await hasUsers(trx, team.id)) ? 'user' : 'admin';
      const { email, displayName = email.slice(0, email.indexOf('@')) } = input;
      const id = newId();
      await insertUser(trx, {
        team_id: team.id,
        id,
        email,
        display_name: displayName,
        role,
        password_hash: passwordHash,
      });
      return {
        id,
        email,
        displayName,
        role,
        isActive: true,
        teamId: team.id,
        teamSlug: team.slug,
        teamName: team.name,
      };
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error, 'users_team_id_email_key') ? emailTaken() : error;
    });
  return startSession(ctx, user);
}

/** The same for a team that does not exist: ids of teams cannot be tried out. */
function registrationClosed(): DomainError {
  return new DomainError(
    'REGISTRATION_CLOSED',
    'This team does not take registrations. Ask an admin of the team, and check the team id.',
  );
}

function emailTaken(): DomainError {
  return new DomainError('EMAIL_TAKEN', 'This email has an account in this team already. Log in instead.');
}
