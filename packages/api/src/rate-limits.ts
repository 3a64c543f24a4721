// How often who may call what. Which limit a procedure has is said here; how many calls it allows, and where they are
// counted, is the server's business.
import { DomainError } from './errors.ts';

/**
 * - `login`: guesses at a password, by network; `loginOfAccount`: the same by account
 * - `register`: accounts that are made, by network
 * - `password`: guesses at the old password, by the user who would change it
 * - `agentTest`: webhooks that are called to see whether they answer, by user
 * - `failedAuth`: requests with a session or key that is none, by network
 * - `send`: runs that are started; `stream`: streams that are opened; by user
 * - `call`: everything that has no limit of its own, by user, or by network where nobody is logged in
 */
export const rateLimitNames = [
  'login',
  'loginOfAccount',
  'register',
  'password',
  'failedAuth',
  'agentTest',
  'send',
  'stream',
  'call',
] as const;

export type RateLimitName = (typeof rateLimitNames)[number];

export interface RateLimits {
  /**
   * Counts one call against a limit.
   * @throws DomainError RATE_LIMITED
   */
  consume(name: RateLimitName, key: string): Promise<void>;
  /**
   * Counts nothing.
   * @throws DomainError RATE_LIMITED where the limit is used up
   */
  check(name: RateLimitName, key: string): Promise<void>;
}

export const noRateLimits: RateLimits = { consume: async () => {}, check: async () => {} };

/** By path; a test holds the paths against the router. All others are `call`. */
export const limitOfProcedure: ReadonlyMap<string, RateLimitName> = new Map([
  ['auth.login', 'login'],
  ['auth.register', 'register'],
  ['auth.changePassword', 'password'],
  ['agent.test', 'agentTest'],
  ['chat.send', 'send'],
  ['chat.retry', 'send'],
  ['chat.stream', 'stream'],
]);

/** @throws DomainError RATE_LIMITED */
export function limitCall(rateLimits: RateLimits, path: string, key: string): Promise<void> {
  return rateLimits.consume(limitOfProcedure.get(path) ?? 'call', key);
}

export function rateLimited(retryAfterMs: number): DomainError {
  const retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  return new DomainError('RATE_LIMITED', `Too many requests. Try again in ${retryAfterSeconds} s.`, {
    retryAfterSeconds,
  });
}
