// Rate limits that several instances share, in Redis. Nothing else is kept there.
import { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { CreateSharedCounter } from './create-rate-limits.ts';

/** A Redis that has not answered by then is as good as down: the login that waits for it must not wait. */
const COMMAND_TIMEOUT_MS = 500;
const MAX_RECONNECT_MS = 5_000;

export interface RedisCounters {
  createSharedCounter: CreateSharedCounter;
  close: () => void;
}

/**
 * Connects in the background, and again whenever the connection is lost.
 * @param onStateChange told when Redis is there, and when it is not any more
 */
export function createRedisCounters(url: string, onStateChange: (isUp: boolean) => void): RedisCounters {
  const redis = new Redis(url, {
    // What is asked while it is down is counted elsewhere, and must not be counted again later.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 5_000,
    commandTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(attempt * 200, MAX_RECONNECT_MS),
  });
  let isUp: boolean | undefined;
  const tell = (now: boolean): void => {
    if (now !== isUp) onStateChange(now);
    isUp = now;
  };
  redis.on('ready', () => tell(true));
  // Every failed attempt says so; only the first is news. Without a listener, it would be thrown.
  redis.on('error', () => tell(redis.status === 'ready'));
  redis.on('close', () => tell(false));
  return {
    createSharedCounter: (options) =>
      new RateLimiterRedis({ ...options, storeClient: redis, rejectIfRedisNotReady: true }),
    close: () => redis.disconnect(),
  };
}
