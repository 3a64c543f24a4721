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
  accountOutput,
  EMAIL_IN_PASSWORD,
  emailSchema,
  newPasswordSchema,
  type Account,
} from './auth.schema.ts';
import { containsEmail } from './contains-email.ts';
import type { NewSession } from './sessions.ts';
import { createSession, startSession } from './start-session.ts';

const registerInput = z
  .object({
    email: emailSchema,
    password: newPasswordSchema,
    /** The team to join, if its registration is open. */
    teamId: idSchema.optional(),
    /** An invite to the team, in place of `teamId`. */
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
      summary: 'Register and log in',
      description:
        'Requires an invite, or a team with open registration. An invite sets the role; without one, the first account of a team becomes its admin.',
      status: 201,
      errors: ['REGISTRATION_CLOSED', 'INVITE_INVALID', 'EMAIL_TAKEN', 'SERVER_BUSY'],
    },
  })
  .input(registerInput)
  .output(accountOutput)
  .mutation(({ ctx, input }) => register(ctx, input));

/** The team that a new account joins, and its invite if there is one. */
type Admission = { teamId: string; invite?: { id: string; role: 'user' | 'admin' } };

/**
 * Creates an account and logs it in. It needs an invite, which sets the role, or a team with open registration, where the
 * first account becomes the admin.
 * @throws DomainError REGISTRATION_CLOSED, INVITE_INVALID, EMAIL_TAKEN, SERVER_BUSY
 */
async function register(ctx: Context, input: z.output<typeof registerInput>): Promise<Account> {
  // This check avoids a costly hash. The transaction repeats it, and decides.
  const admission = await findAdmission(ctx, input);
  const passwordHash = await ctx.passwords.hash(input.password);
  const { email, displayName = email.slice(0, email.indexOf('@')) } = input;
  const { user, session } = await forTeam(ctx.db, admission.teamId)
    .transaction()
    .execute(async (trx): Promise<{ user: UserWithTeam; session: NewSession }> => {
      const { teamId, invite } = admission;
      // With the lock, only one of two concurrent registrations is the first account.
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
      return {
        user: { id, email, displayName, role, isActive: true, teamId, teamSlug, teamName },
        session: await createSession(ctx, trx, { teamId, id }),
      };
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error, 'users_team_id_email_key') ? emailTaken() : error;
    });
  return startSession(ctx, user, session);
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

/** Reads the same for a missing team, so that ids cannot be probed. */
function registrationClosed(): DomainError {
  return new DomainError(
    'REGISTRATION_CLOSED',
    'This team is not open for registration. Check the team id, or ask an admin of the team for an invite.',
  );
}

/** Reads the same for every defect, so that a stranger learns nothing about existing invites. */
function inviteInvalid(): DomainError {
  return new DomainError(
    'INVITE_INVALID',
    'This invite cannot be used: it may have been used, revoked or expired. Ask for a new one.',
  );
}

function emailTaken(): DomainError {
  return new DomainError('EMAIL_TAKEN', 'This email already has an account in this team. Log in instead.');
}
