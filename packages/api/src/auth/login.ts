import { createHash } from 'node:crypto';
import { forTeam, users, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import type { Context } from '../context.ts';
import { DomainError } from '../errors.ts';
import { nameSchema, textSchema } from '../schema/text-schema.ts';
import { publicProcedure } from '../trpc.ts';
import { accountOutput, type Account, emailSchema } from './auth.schema.ts';
import { normalizePassword } from './password.ts';
import { createSession, startSession } from './start-session.ts';

const loginInput = z.object({
  email: emailSchema,
  password: textSchema({ max: 256 }),
  /** The team's slug or id, required only if email and password fit accounts in several teams. */
  team: nameSchema({ max: 100 }).optional(),
});

export const loginProcedure = publicProcedure
  .meta({
    rest: {
      route: 'POST /api/auth/login',
      summary: 'Log in',
      description: 'Sets two cookies. With curl, store and send them with `-c cookies.txt -b cookies.txt`.',
      errors: ['INVALID_CREDENTIALS', 'TEAM_REQUIRED', 'SERVER_BUSY'],
    },
  })
  .input(loginInput)
  .output(accountOutput)
  .mutation(({ ctx, input }) => login(ctx, input));

/** A user with accounts in more teams than this has to name the team. */
const MAX_TEAMS_UNNAMED = 3;

/**
 * Logs in by email and password. Every failure has the same message and takes the same number of hashes, so neither
 * reveals whether the email has an account.
 * @throws DomainError INVALID_CREDENTIALS, RATE_LIMITED, SERVER_BUSY; TEAM_REQUIRED, with the teams to choose from
 */
async function login(ctx: Context, input: z.output<typeof loginInput>): Promise<Account> {
  // Attempts on one account may come from many networks. Unknown emails count as well.
  if (ctx.request.network !== undefined) await ctx.rateLimits.consume('loginOfAccount', hash(input.email));
  const checks = input.team === undefined ? MAX_TEAMS_UNNAMED : 1;
  const accounts = await users.listByEmail(ctx.db, { ...input, limit: checks });
  const matching: (UserWithTeam & { passwordHash: string })[] = [];
  for (const account of accounts) {
    if (await ctx.passwords.verify(account.passwordHash, input.password)) matching.push(account);
  }
  for (let i = accounts.length; i < checks; i += 1) await ctx.passwords.verifyNone(input.password);

  const [user, ...others] = matching;
  if (user === undefined) throw invalidCredentials();
  if (others.length > 0) {
    const teams = matching.map((account) => account.teamSlug).toSorted();
    throw new DomainError(
      'TEAM_REQUIRED',
      `This login fits several teams. Choose one: ${teams.join(', ')}.`,
      {
        teams,
      },
    );
  }
  const { teamId, id } = user;
  const passwordHash = await normalizeHash(ctx, user, input.password);
  const session = await forTeam(ctx.db, teamId)
    .transaction()
    .execute(async (trx) => {
      // The password may have changed since it was verified, and the account may be disabled.
      if (!(await users.lockWithPassword(trx, { teamId, id, passwordHash }))) throw invalidCredentials();
      await recordAudit(trx, { teamId, actorId: id, action: 'auth.login', targetId: id });
      return createSession(ctx, trx, user);
    });
  return startSession(ctx, user, session);
}

/** Replaces a hash of an earlier version, which is of the password as typed. Returns the hash that the account has then. */
async function normalizeHash(
  { db, passwords }: Context,
  { teamId, id, passwordHash: fromHash }: { teamId: string; id: string; passwordHash: string },
  password: string,
): Promise<string> {
  const normalized = normalizePassword(password);
  if (normalized === password || (await passwords.verify(fromHash, normalized))) return fromHash;
  const passwordHash = await passwords.hash(normalized);
  const isReplaced = await users.updatePassword(forTeam(db, teamId), { teamId, id, fromHash, passwordHash });
  return isReplaced ? passwordHash : fromHash;
}

function invalidCredentials(): DomainError {
  return new DomainError('INVALID_CREDENTIALS', 'The email or the password is wrong.');
}

/** Counters may be stored outside the database, where personal data does not belong. */
function hash(email: string): string {
  return createHash('sha256').update(email).digest('base64url');
}
