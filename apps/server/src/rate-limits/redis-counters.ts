// Rate-limit counters in Redis, shared by all instances. Nothing else is stored there.
import { Redis } from 'ioredis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { CreateSharedCounter } from './create-rate-limits.ts';

/** A Redis that takes longer counts as down, so that logins do not wait for it. */
const COMMAND_TIMEOUT_MS = 500;
const MAX_RECONNECT_MS = 5_000;

export interface RedisCounters {
  createSharedCounter: CreateSharedCounter;
  close: () => void;
}

/**
 * Connects in the background and reconnects after a loss.
 * @param onStateChange called when Redis becomes reachable or unreachable
 */
export function createRedisCounters(url: string, onStateChange: (isUp: boolean) => void): RedisCounters {
  const redis = new Redis(url, {
    // The insurance limiter counts calls while Redis is down: they must not be counted again later.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 5_000,
    commandTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(attempt * 200, MAX_RECONNECT_MS),
  });
  let isUp: boolean | undefined;
  const report = (now: boolean): void => {
    if (now !== isUp) onStateChange(now);
    isUp = now;
  };
  redis.on('ready', () => report(true));
  // Emitted for each failed attempt; without a listener, the error would be thrown.
  redis.on('error', () => report(redis.status === 'ready'));
  redis.on('close', () => report(false));
  return {
    createSharedCounter: (options) =>
      new RateLimiterRedis({ ...options, storeClient: redis, rejectIfRedisNotReady: true }),
    close: () => redis.disconnect(),
  };
}
