import { forTeam, invites, isUniqueViolation, newId, teams, users, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import type { Context } from '../context.ts';
import { DomainError } from '../errors.ts';
import { idSchema } from '../schema/id-schema.ts';
import { nameSchema, textSchema } from '../schema/text-schema.ts';
import { hashSecretToken } from '../secrets/secret-token.ts';
import { publicProcedure } from '../trpc.ts';
import {
  type Account,
  accountOutput,
  EMAIL_IN_PASSWORD,
  emailSchema,
  newPasswordSchema,
} from './auth.schema.ts';
import { containsEmail } from './contains-email.ts';
import { startSession } from './start-session.ts';

const registerInput = z
  .object({
    email: emailSchema,
    password: newPasswordSchema,
    /** The team to join: its registration has to be open. */
    teamId: idSchema.optional(),
    /** Or an invite of the team. */
    inviteToken: textSchema({ min: 1, max: 100 }).optional(),
    displayName: nameSchema({ max: 100 }).optional(),
  })
  .refine(({ teamId, inviteToken }) => (teamId === undefined) !== (inviteToken === undefined), {
    path: ['teamId'],
    message: 'give either teamId or inviteToken',
  })
  .refine(({ email, password }) => !containsEmail(password, email), {
    path: ['password'],
    message: EMAIL_IN_PASSWORD,
  });

export const registerProcedure = publicProcedure
  .meta({
    rest: {
      route: 'POST /api/auth/register',
      summary: 'Make an account, and log in',
      description:
        'By an invite, or in a team whose registration is open. The first account of a team is its admin; an invite says what it makes.',
      status: 201,
      errors: ['REGISTRATION_CLOSED', 'INVITE_INVALID', 'EMAIL_TAKEN', 'SERVER_BUSY'],
    },
  })
  .input(registerInput)
  .output(accountOutput)
  .mutation(({ ctx, input }) => register(ctx, input));

/** What lets somebody into a team. */
type Admission = { teamId: string; invite?: { id: string; role: 'user' | 'admin' } };

/**
 * Makes an account, by an invite or in a team whose registration is open, and logs it in. By an invite its role is the
 * invite's; otherwise the first account of a team is its admin.
 * @throws DomainError REGISTRATION_CLOSED, INVITE_INVALID, EMAIL_TAKEN, SERVER_BUSY
 */
async function register(ctx: Context, input: z.output<typeof registerInput>): Promise<Account> {
  // Asked before the costly hash, and once more in the transaction, which decides.
  const admission = await findAdmission(ctx, input);
  const passwordHash = await ctx.passwords.hash(input.password);
  const { email, displayName = email.slice(0, email.indexOf('@')) } = input;
  const user = await forTeam(ctx.db, admission.teamId)
    .transaction()
    .execute(async (trx): Promise<UserWithTeam> => {
      const { teamId, invite } = admission;
      // The lock makes "the first account" one account, also when two people register at once.
      const team = await teams.lock(trx, teamId);
      if (team === undefined || (invite === undefined && !team.isRegistrationOpen))
        throw registrationClosed();
      const role = invite?.role ?? ((await users.hasAny(trx, teamId)) ? 'user' : 'admin');
      const id = newId();
      await users.insert(trx, {
        teamId,
        id,
        email,
        displayName,
        role,
        passwordHash,
      });
      if (invite !== undefined && !(await invites.markUsed(trx, { teamId, id: invite.id, userId: id }))) {
        throw inviteInvalid();
      }
      await recordAudit(trx, {
        teamId,
        actorId: id,
        action: 'auth.register',
        targetId: id,
        details: invite === undefined ? { role } : { role, inviteId: invite.id },
      });
      const { slug: teamSlug, name: teamName } = team;
      return { id, email, displayName, role, isActive: true, teamId, teamSlug, teamName };
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error, 'users_team_id_email_key') ? emailTaken() : error;
    });
  return startSession(ctx, user);
}

async function findAdmission(
  { db }: Context,
  { teamId, inviteToken }: z.output<typeof registerInput>,
): Promise<Admission> {
  if (inviteToken !== undefined) {
    const invite = await invites.findOpen(db, hashSecretToken(inviteToken));
    if (invite === undefined) throw inviteInvalid();
    return { teamId: invite.teamId, invite };
  }
  const team = teamId === undefined ? undefined : await teams.find(db, teamId);
  if (team?.isRegistrationOpen !== true) throw registrationClosed();
  return { teamId: team.id };
}

/** The same for a team that does not exist: ids of teams cannot be tried out. */
function registrationClosed(): DomainError {
  return new DomainError(
    'REGISTRATION_CLOSED',
    'This team does not take registrations. Ask an admin of the team, and check the team id.',
  );
}

/** The same whatever is wrong with it: who did not get an invite learns nothing of those there are. */
function inviteInvalid(): DomainError {
  return new DomainError(
    'INVITE_INVALID',
    'This invite cannot be used: it may have been used already, revoked, or have expired. Ask for another one.',
  );
}

function emailTaken(): DomainError {
  return new DomainError('EMAIL_TAKEN', 'This email has an account in this team already. Log in instead.');
}
