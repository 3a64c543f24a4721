import { noRateLimits, type RateLimitName, type RateLimits } from '@parley/api';
import type { DB } from '@parley/db';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { createRateLimits, type CreateSharedCounter } from './create-rate-limits.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { createPostgresCounters } from './postgres-counters.ts';
import { createRedisCounters } from './redis-counters.ts';

interface Resources {
  /** The database as `open()` returned it. */
  db: Kysely<DB>;
  logger: Logger;
  /** Disposes of opened resources. */
  stack: AsyncDisposableStack;
}

/** Creates the rate limits of the configuration. */
export function startRateLimits(
  config: Pick<Config, 'rateLimits' | 'callsPerMinute' | 'redisUrl'>,
  resources: Resources,
  onLimited: (name: RateLimitName) => void,
): RateLimits {
  if (config.rateLimits === 'off') return noRateLimits;
  return createRateLimits({
    createSharedCounter: sharedCounters(config, resources),
    limits: limitsOf(config.callsPerMinute),
    onLimited,
  });
}

function sharedCounters(
  { rateLimits, redisUrl }: Pick<Config, 'rateLimits' | 'redisUrl'>,
  { db, logger, stack }: Resources,
): CreateSharedCounter | undefined {
  if (rateLimits === 'postgres') return stack.use(createPostgresCounters(db));
  if (rateLimits !== 'redis' || redisUrl === undefined) return undefined;
  const { createSharedCounter, close } = createRedisCounters(redisUrl, (isUp) => {
    if (isUp) logger.info('rate limits are counted in Redis');
    else logger.warn('Redis is unreachable: this instance counts rate limits by itself until Redis is back');
  });
  stack.defer(close);
  return createSharedCounter;
}

function limitsOf({ login, send, stream, call }: Config['callsPerMinute']): Limits {
  const limits = { ...defaultLimits };
  const wanted = [
    ['login', login],
    ['loginOfAccount', login],
    ['send', send],
    ['stream', stream],
    ['call', call],
  ] as const;
  for (const [name, points] of wanted) {
    if (points !== undefined) limits[name] = { ...limits[name], points };
  }
  return limits;
}
