// Throttles credential guessing. Only failures count, and only for the credential and the network that failed: a valid
// credential is never refused because of others that share its address.
import type { RateLimits } from '../rate-limits.ts';

export interface Guess {
  /** SHA-256 of the credential, in hex. */
  hash: string;
  /** Undefined for calls inside the process, which are not limited. */
  network: string | undefined;
  /** Whether the server has signed the credential, so that it cannot be forged. */
  isSigned?: boolean;
}

export interface GuessLimit {
  /**
   * Looks a credential up in the database. Returns undefined if there is none, which counts as a failure.
   * @throws DomainError RATE_LIMITED after too many failures, and only if this credential has failed as well
   */
  find<Found>(guess: Guess, lookUp: () => Promise<Found | undefined>): Promise<Found | undefined>;
}

export function createGuessLimit(rateLimits: RateLimits): GuessLimit {
  const inTurn = createTurns();
  return {
    async find({ hash, network, isSigned = false }, lookUp) {
      if (network === undefined) return lookUp();
      // A credential that is gone does not come back, so this one needs no more lookups. The call throws.
      if (await rateLimits.isExceeded('failedAuth', hash)) await rateLimits.consume('failedAuth', hash);
      const isGuessing = !isSigned && (await rateLimits.isExceeded('failedAuth', network));
      const found = isGuessing ? await inTurn(network, lookUp) : await lookUp();
      if (found !== undefined) return found;
      // The network comes first: beyond its limit, its credentials are no longer remembered.
      await rateLimits.consume('failedAuth', network);
      await rateLimits.consume('failedAuth', hash);
      return undefined;
    },
  };
}

/** Runs work with the same key one at a time: a guesser occupies one database connection at most. */
function createTurns(): <Result>(key: string, work: () => Promise<Result>) => Promise<Result> {
  const last = new Map<string, Promise<void>>();
  return async (key, work) => {
    const before = last.get(key);
    const turn = Promise.withResolvers<void>();
    last.set(key, turn.promise);
    await before;
    try {
      return await work();
    } finally {
      if (last.get(key) === turn.promise) last.delete(key);
      turn.resolve();
    }
  };
}
