// Counts calls against rate limits, in this process or in a store that all instances share. If the store fails, each
// process counts by itself until it is back.
import { rateLimited, rateLimitNames, type RateLimitName, type RateLimits } from '@parley/api';
import { RateLimiterMemory, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { defaultLimits, type Limit, type Limits } from './limits.ts';

export interface CounterOptions extends Pick<Limit, 'points'> {
  keyPrefix: string;
  duration: number;
  /** Counts while the store is unavailable. */
  insuranceLimiter: RateLimiterMemory;
  /** From this count on, a key is refused without a request to the store until its window ends. */
  inMemoryBlockOnConsumed: number;
}

/** Creates a counter that all instances share. */
export type CreateSharedCounter = (options: CounterOptions) => RateLimiterAbstract;

export interface RateLimitsOptions {
  /** Default: each instance counts by itself. */
  createSharedCounter?: CreateSharedCounter | undefined;
  limits?: Partial<Limits>;
  /** Called for each refusal. */
  onLimited?: (name: RateLimitName) => void;
}

export function createRateLimits({
  createSharedCounter,
  limits,
  onLimited = () => {},
}: RateLimitsOptions = {}): RateLimits {
  const all: Limits = { ...defaultLimits, ...limits };
  const counters = new Map<RateLimitName, RateLimiterAbstract>(
    rateLimitNames.map((name) => [name, createCounter(name, all[name], createSharedCounter)]),
  );

  function counterOf(name: RateLimitName): RateLimiterAbstract {
    const counter = counters.get(name);
    if (counter === undefined) throw new Error(`unknown rate limit ${name}`);
    return counter;
  }

  function refuse(name: RateLimitName, retryAfterMs: number): never {
    onLimited(name);
    throw rateLimited(retryAfterMs);
  }

  return {
    async consume(name, key) {
      try {
        await counterOf(name).consume(key);
      } catch (result) {
        if (result instanceof RateLimiterRes) refuse(name, result.msBeforeNext);
        throw result;
      }
    },
    async isExceeded(name, key) {
      const result = await counterOf(name).get(key);
      return result !== null && result.remainingPoints <= 0;
    },
  };
}

function createCounter(
  name: RateLimitName,
  { points, seconds, isShared }: Limit,
  createSharedCounter: CreateSharedCounter | undefined,
): RateLimiterAbstract {
  const options = { keyPrefix: `parley:${name}`, points, duration: seconds };
  const memory = new RateLimiterMemory(options);
  if (createSharedCounter === undefined || !isShared) return memory;
  return createSharedCounter({ ...options, insuranceLimiter: memory, inMemoryBlockOnConsumed: points + 1 });
}
