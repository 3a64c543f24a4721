import type { RateLimits } from '@parley/api';
import { open } from '@parley/db';
import { createTestDatabase, startDatabaseProxy, type TestDatabase } from '@parley/db/testing';
import { expect, onTestFinished, test } from 'vitest';
import { createRateLimits } from '../../src/rate-limits/create-rate-limits.ts';
import { createPostgresCounters } from '../../src/rate-limits/postgres-counters.ts';
import { countAllowed, isAllowed } from './count-allowed.ts';

const limits = {
  login: { points: 5, seconds: 60, isShared: true },
  register: { points: 5, seconds: 1, isShared: true },
  call: { points: 5, seconds: 60, isShared: false },
};

/** The rate limits of one instance of the server. */
async function startInstance(url: string | undefined): Promise<RateLimits> {
  const db = await open({ url: url ?? '' });
  onTestFinished(() => db.destroy());
  return createRateLimits({ createSharedCounter: createPostgresCounters(db), limits });
}

async function startInstances({ url }: TestDatabase): Promise<[RateLimits, RateLimits]> {
  return [await startInstance(url), await startInstance(url)];
}

test('instances share the limits of the service, and count those that protect a process separately', async () => {
  await using database = await createTestDatabase();
  const [one, other] = await startInstances(database);
  expect(await countAllowed([one, other], 'a', 12)).toBe(5);
  expect(await countAllowed([one], 'b', 3)).toBe(3);
  for (let index = 0; index < 5; index += 1) expect(await isAllowed(one, 'a', 'call')).toBe(true);
  expect(await isAllowed(one, 'a', 'call')).toBe(false);
  expect(await isAllowed(other, 'a', 'call')).toBe(true);
});

test('concurrent calls do not exceed the limit', async () => {
  await using database = await createTestDatabase();
  const instances = await startInstances(database);
  const calls = Array.from({ length: 60 }, (_, index) => isAllowed(instances[index % 2 === 0 ? 0 : 1], 'a'));
  const answers = await Promise.all(calls);
  expect(answers.filter(Boolean)).toHaveLength(5);
});

test('a refused key is accepted in the next window, also a key with any characters and length', async () => {
  await using database = await createTestDatabase();
  const [one] = await startInstances(database);
  const key = `${'é'.repeat(300)}' --`;
  for (let index = 0; index < 5; index += 1) expect(await isAllowed(one, key, 'register')).toBe(true);
  expect(await isAllowed(one, key, 'register')).toBe(false);
  await expect.poll(() => isAllowed(one, key, 'register'), { timeout: 10_000 }).toBe(true);
});

test('while Postgres is unreachable, each instance counts by itself, and the limit holds', async () => {
  await using database = await createTestDatabase();
  await using proxy = await startDatabaseProxy(database.url ?? '');
  const one = await startInstance(proxy.url);
  expect(await isAllowed(one, 'a')).toBe(true);
  await proxy.refuse();
  expect(await countAllowed([one], 'b', 8)).toBe(5);
});
