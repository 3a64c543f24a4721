import { createHash } from 'node:crypto';
import { listAccountsByEmail, type UserWithTeam } from '@parley/db';
import type { z } from 'zod';
import type { Context } from '../context.ts';
import { DomainError } from '../errors.ts';
import type { Account, loginInput } from './auth.schema.ts';
import { verifyNoPassword, verifyPassword } from './password.ts';
import { startSession } from './start-session.ts';

/**
 * Logs in by email and password.
 * @throws DomainError INVALID_CREDENTIALS, RATE_LIMITED; TEAM_REQUIRED, with the teams to choose from
 */
export async function login(ctx: Context, input: z.output<typeof loginInput>): Promise<Account> {
  // By account too: guesses at one password may come from many networks. It is counted whether the account exists or not.
  if (ctx.request.network !== undefined) await ctx.rateLimits.consume('loginOfAccount', hash(input.email));
  const accounts = await listAccountsByEmail(ctx.db, input);
  if (accounts.length === 0) await verifyNoPassword(input.password);
  const matching: UserWithTeam[] = [];
  for (const { passwordHash, ...user } of accounts) {
    if (await verifyPassword(passwordHash, input.password)) matching.push(user);
  }
  const [user, ...others] = matching;
  if (user === undefined) throw new DomainError('INVALID_CREDENTIALS', 'The email or the password is wrong.');
  if (others.length > 0) {
    const teams = matching.map((account) => account.teamSlug);
    throw new DomainError('TEAM_REQUIRED', `This login fits several teams. Name one: ${teams.join(', ')}.`, {
      teams,
    });
  }
  return startSession(ctx, user);
}

/** Counters may be kept outside of the database, where no address of a person belongs. */
function hash(email: string): string {
  return createHash('sha256').update(email).digest('base64url');
}
