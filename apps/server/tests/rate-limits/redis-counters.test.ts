import type { RateLimits } from '@parley/api';
import { expect, onTestFinished, test, describe } from 'vitest';
import { createRateLimits } from '../../src/rate-limits/create-rate-limits.ts';
import { createRedisCounters } from '../../src/rate-limits/redis-counters.ts';
import { countAllowed, isAllowed } from './count-allowed.ts';
import { hasRedis, startRedis, type RedisServer } from './start-redis.ts';

const limits = {
  login: { points: 5, seconds: 60, isShared: true },
  call: { points: 5, seconds: 60, isShared: false },
};

interface Instance {
  rateLimits: RateLimits;
  isRedisUp: boolean | undefined;
}

/** The rate limits of one instance of the server. */
function startInstance({ url }: RedisServer): Instance {
  const instance: Instance = { rateLimits: createRateLimits(), isRedisUp: undefined };
  const { createSharedCounter, close } = createRedisCounters(url, (isUp) => (instance.isRedisUp = isUp));
  onTestFinished(close);
  instance.rateLimits = createRateLimits({ createSharedCounter, limits });
  return instance;
}

const untilUp = (instance: Instance, isUp = true) =>
  expect.poll(() => instance.isRedisUp, { timeout: 20_000 }).toBe(isUp);

describe.skipIf(!hasRedis())('with Redis', () => {
  test('instances share the limits of the service, and count those that protect a process separately', async () => {
    await using redis = await startRedis();
    const [one, other] = [startInstance(redis), startInstance(redis)];
    await Promise.all([untilUp(one), untilUp(other)]);
    expect(await countAllowed([one.rateLimits, other.rateLimits], 'a', 12)).toBe(5);
    expect(await countAllowed([one.rateLimits], 'b', 3)).toBe(3);
    for (let index = 0; index < 5; index += 1)
      expect(await isAllowed(one.rateLimits, 'a', 'call')).toBe(true);
    expect(await isAllowed(one.rateLimits, 'a', 'call')).toBe(false);
    expect(await isAllowed(other.rateLimits, 'a', 'call')).toBe(true);
  });

  test('that goes down, instances count separately, and share the limits again when it is back', async () => {
    await using redis = await startRedis();
    const [one, other] = [startInstance(redis), startInstance(redis)];
    await Promise.all([untilUp(one), untilUp(other)]);
    await redis.stop();
    await Promise.all([untilUp(one, false), untilUp(other, false)]);
    expect(await countAllowed([one.rateLimits, other.rateLimits], 'a', 20)).toBe(10);
    await redis.start();
    await Promise.all([untilUp(one), untilUp(other)]);
    expect(await countAllowed([one.rateLimits, other.rateLimits], 'b', 12)).toBe(5);
  });

  test('that was never reachable, the server starts, and limits logins', async () => {
    await using redis = await startRedis();
    await redis.stop();
    const one = startInstance(redis);
    expect(await countAllowed([one.rateLimits], 'a', 8)).toBe(5);
  });

  test('that hangs, calls do not wait for it, and the limit holds', { timeout: 30_000 }, async () => {
    await using redis = await startRedis();
    const one = startInstance(redis);
    await untilUp(one);
    redis.freeze();
    onTestFinished(() => redis.thaw());
    const startedAt = performance.now();
    const answers = await Promise.all(Array.from({ length: 8 }, () => isAllowed(one.rateLimits, 'a')));
    expect(answers.filter(Boolean)).toHaveLength(5);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});
