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

/** An instance of the server, as far as its rate limits are concerned. */
async function startInstance(url: string | undefined): Promise<RateLimits> {
  const db = await open({ url: url ?? '' });
  onTestFinished(() => db.destroy());
  return createRateLimits({ createSharedCounter: createPostgresCounters(db), limits });
}

async function startInstances({ url }: TestDatabase): Promise<[RateLimits, RateLimits]> {
  return [await startInstance(url), await startInstance(url)];
}

test('instances count together what is a limit of the service, and apart what protects one process', async () => {
  await using database = await createTestDatabase();
  const [one, other] = await startInstances(database);
  expect(await countAllowed([one, other], 'a', 12)).toBe(5);
  expect(await countAllowed([one], 'b', 3)).toBe(3);
  for (let index = 0; index < 5; index += 1) expect(await isAllowed(one, 'a', 'call')).toBe(true);
  expect(await isAllowed(one, 'a', 'call')).toBe(false);
  expect(await isAllowed(other, 'a', 'call')).toBe(true);
});

test('no more than the limit get through when all come at once', async () => {
  await using database = await createTestDatabase();
  const instances = await startInstances(database);
  const calls = Array.from({ length: 60 }, (_, index) => isAllowed(instances[index % 2 === 0 ? 0 : 1], 'a'));
  const answers = await Promise.all(calls);
  expect(answers.filter(Boolean)).toHaveLength(5);
});

test('who was refused is let through again when the window has ended, and keys of any length and letters count', async () => {
  await using database = await createTestDatabase();
  const [one] = await startInstances(database);
  const key = `${'é'.repeat(300)}' --`;
  for (let index = 0; index < 5; index += 1) expect(await isAllowed(one, key, 'register')).toBe(true);
  expect(await isAllowed(one, key, 'register')).toBe(false);
  await expect.poll(() => isAllowed(one, key, 'register'), { timeout: 10_000 }).toBe(true);
});

test('while Postgres cannot be reached, each instance counts by itself, and the limit holds', async () => {
  await using database = await createTestDatabase();
  await using proxy = await startDatabaseProxy(database.url ?? '');
  const one = await startInstance(proxy.url);
  expect(await isAllowed(one, 'a')).toBe(true);
  await proxy.refuse();
  expect(await countAllowed([one], 'b', 8)).toBe(5);
});
