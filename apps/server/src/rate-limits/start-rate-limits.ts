import { noRateLimits, type RateLimitName, type RateLimits } from '@parley/api';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { createRateLimits, type CreateSharedCounter } from './create-rate-limits.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { createRedisCounters } from './redis-counters.ts';

/** The rate limits that the configuration asks for; what they hold open is closed with `stack`. */
export function startRateLimits(
  config: Pick<Config, 'rateLimits' | 'callsPerMinute' | 'redisUrl'>,
  logger: Logger,
  stack: AsyncDisposableStack,
  onLimited: (name: RateLimitName) => void,
): RateLimits {
  if (config.rateLimits === 'off') return noRateLimits;
  return createRateLimits({
    createSharedCounter: sharedCounters(config, logger, stack),
    limits: limitsOf(config.callsPerMinute),
    onLimited,
  });
}

function sharedCounters(
  { rateLimits, redisUrl }: Pick<Config, 'rateLimits' | 'redisUrl'>,
  logger: Logger,
  stack: AsyncDisposableStack,
): CreateSharedCounter | undefined {
  if (rateLimits !== 'redis' || redisUrl === undefined) return undefined;
  const { createSharedCounter, close } = createRedisCounters(redisUrl, (isUp) => {
    if (isUp) logger.info('rate limits are counted in Redis');
    else logger.warn('Redis cannot be reached: this instance counts rate limits by itself until it can');
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
