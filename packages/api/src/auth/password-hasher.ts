// Hashing for requests: as many at once as leaves the process room to breathe, some more that wait, and no others. Each
// hash takes 19 MiB and a thread of libuv's pool, which file and DNS lookups need too: without a bound, a flood of logins
// would stop everything else.
import { createWorkLimit } from '../create-work-limit.ts';
import { DomainError } from '../errors.ts';
import { hashPassword, verifyNoPassword, verifyPassword } from './password.ts';

/** Half of libuv's threads. */
const MAX_CONCURRENT = 2;
/** At about 15 ms a hash, whoever comes last waits a second. */
const MAX_QUEUED = 128;
const RETRY_AFTER_SECONDS = 2;

export interface PasswordHasher {
  /** @throws DomainError SERVER_BUSY, as the others */
  hash(password: string): Promise<string>;
  verify(passwordHash: string, password: string): Promise<boolean>;
  /** Takes as long as `verify`. */
  verifyNone(password: string): Promise<void>;
}

export function createPasswordHasher({
  maxConcurrent = MAX_CONCURRENT,
  maxQueued = MAX_QUEUED,
}: { maxConcurrent?: number; maxQueued?: number } = {}): PasswordHasher {
  const run = createWorkLimit({ maxConcurrent, maxQueued, onFull: serverBusy });
  return {
    hash: (password) => run(() => hashPassword(password)),
    verify: (passwordHash, password) => run(() => verifyPassword(passwordHash, password)),
    verifyNone: (password) => run(() => verifyNoPassword(password)),
  };
}

function serverBusy(): DomainError {
  return new DomainError('SERVER_BUSY', 'Too many people are logging in at this moment. Try again.', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
