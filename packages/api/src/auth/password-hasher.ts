// Hashes passwords with limited concurrency and a bounded queue. Each hash takes 19 MiB and a thread of libuv's pool, which
// file access and DNS lookups need too: without a limit, a flood of logins would block them.
import { createWorkLimit } from '../create-work-limit.ts';
import { DomainError } from '../errors.ts';
import { hashPassword, verifyNoPassword, verifyPassword } from './password.ts';

/** Half of libuv's threads. */
const MAX_CONCURRENT = 2;
/** At about 15 ms per hash, the last in the queue waits a second. */
const MAX_QUEUED = 128;
const RETRY_AFTER_SECONDS = 2;

export interface PasswordHasher {
  /** @throws DomainError SERVER_BUSY, as do the other methods */
  hash(password: string): Promise<string>;
  verify(passwordHash: string, password: string): Promise<boolean>;
  /** Takes as long as `verify`, without a hash to compare with. */
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
  return new DomainError('SERVER_BUSY', 'Too many users are logging in at the moment. Try again.', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  });
}
