// The dependencies of all procedures. The server creates them once, and each test its own.
import type { DB } from '@parley/db';
import type { Runs } from '@parley/runs';
import type { AllowedHosts } from '@parley/webhook';
import type { Kysely } from 'kysely';
import { createAccessTokens, type AccessTokens } from './auth/access-token.ts';
import { createAuthCookies, type AuthCookies } from './auth/cookies.ts';
import { createGuessLimit, type GuessLimit } from './auth/guess-limit.ts';
import { createPasswordHasher, type PasswordHasher } from './auth/password-hasher.ts';
import { createSessions, type Sessions } from './auth/sessions.ts';
import type { ObserveCall } from './observe-call.ts';
import { createStreamGuard, type StreamGuard, type StreamGuardOptions } from './chat/stream-guard.ts';
import { noRateLimits, type RateLimits } from './rate-limits.ts';
import type { SecretBox } from './secrets/secret-box.ts';

export interface Services {
  /** The database from `open()`, for work before the team is known. After authentication, `ctx.db` is scoped to the team. */
  db: Kysely<DB>;
  runs: Runs;
  secretBox: SecretBox;
  allowedHosts: AllowedHosts;
  passwords: PasswordHasher;
  sessions: Sessions;
  accessTokens: AccessTokens;
  cookies: AuthCookies;
  rateLimits: RateLimits;
  guesses: GuessLimit;
  observeCall: ObserveCall;
  streams: StreamGuard;
}

export interface ServicesOptions {
  db: Kysely<DB>;
  runs: Runs;
  secretBox: SecretBox;
  /** Private webhook hosts that may be called; pass the same to `runs`. */
  allowedHosts: AllowedHosts;
  /** At least 32 bytes each. The first signs access tokens, all verify them. */
  jwtSecrets: readonly Uint8Array[];
  accessTokenSeconds?: number;
  /** The time that access tokens are issued and checked by: the database's clock. Default: this machine's. */
  now?: () => number;
  /** Whether browsers reach the server over HTTPS. */
  isSecure: boolean;
  /** Default: no limits. */
  rateLimits?: RateLimits;
  /** Receives each procedure call when it has ended. */
  observeCall?: ObserveCall;
  streams?: Omit<StreamGuardOptions, 'db'>;
}

export function createServices(options: ServicesOptions): Services {
  const { db, runs, secretBox, allowedHosts, jwtSecrets, accessTokenSeconds, isSecure } = options;
  const { rateLimits = noRateLimits, observeCall = () => {} } = options;
  return {
    db,
    runs,
    secretBox,
    allowedHosts,
    passwords: createPasswordHasher(),
    sessions: createSessions(db),
    accessTokens: createAccessTokens(jwtSecrets, { lifetimeSeconds: accessTokenSeconds, now: options.now }),
    cookies: createAuthCookies({ isSecure }),
    rateLimits,
    guesses: createGuessLimit(rateLimits),
    observeCall,
    streams: createStreamGuard({ db, ...options.streams }),
  };
}
