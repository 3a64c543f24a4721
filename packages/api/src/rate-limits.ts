// Rate limits by procedure. The server decides how many calls each allows and where they are counted.
import { DomainError } from './errors.ts';

/**
 * - `login`: login attempts by network; `loginOfAccount`: login attempts by account
 * - `register`: new accounts by network
 * - `password`: calls by user that verify the password, which would allow guessing it
 * - `agentTest`: test calls of an agent's webhook by user
 * - `failedAuth`: requests with an invalid session or API key, by network and by credential
 * - `send`: runs started by user; `stream`: streams opened by user
 * - `call`: every other procedure, by user, or by network for anonymous calls
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
   * Counts one call.
   * @throws DomainError RATE_LIMITED
   */
  consume(name: RateLimitName, key: string): Promise<void>;
  /** Whether the next `consume` would throw. */
  isExceeded(name: RateLimitName, key: string): Promise<boolean>;
}

export const noRateLimits: RateLimits = { consume: async () => {}, isExceeded: async () => false };

/** By procedure path, which a test checks against the router. Every other procedure has the limit `call`. */
export const limitOfProcedure: ReadonlyMap<string, RateLimitName> = new Map([
  ['auth.login', 'login'],
  ['auth.register', 'register'],
  ['auth.changePassword', 'password'],
  ['apiKey.create', 'password'],
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
