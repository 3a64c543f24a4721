// Instances on one database, on machines whose clocks differ by hours.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createTestDatabase } from '@parley/db/testing';
import { expect, onTestFinished, test } from 'vitest';
import { startProcess, type ServerProcess } from './start-process.ts';

const PASSWORD = 'a demo password';
const HOUR_MS = 60 * 60_000;

/** Two instances; the clock of the second one is `aheadMs` ahead of the database's. */
async function startInstances(aheadMs: number): Promise<[ServerProcess, ServerProcess]> {
  const database = await createTestDatabase();
  onTestFinished(() => database[Symbol.asyncDispose]());
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'parley-clocks-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const env = {
    PARLEY_DATA_DIR: dataDir,
    PARLEY_DEMO_PASSWORD: PASSWORD,
    DATABASE_URL: database.url ?? '',
    RATE_LIMITS: 'postgres',
  };
  const shift = `const now = Date.now; Date.now = () => now() + ${aheadMs}; const Real = Date;
    globalThis.Date = class extends Real { constructor(...given) { given.length === 0 ? super(Real.now()) : super(...given); } };`;
  const one = await startProcess(env);
  onTestFinished(() => one[Symbol.asyncDispose]());
  const other = await startProcess({
    ...env,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(shift)}`,
  });
  onTestFinished(() => other[Symbol.asyncDispose]());
  return [one, other];
}

function logIn({ url }: ServerProcess, password = PASSWORD): Promise<Response> {
  return fetch(`${url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: 'admin@example.com', password, team: 'demo' }),
  });
}

test.each([
  ['behind', -3 * HOUR_MS],
  ['ahead', 3 * HOUR_MS],
])('a login through an instance whose clock is 3 h %s is valid on every instance', async (_, aheadMs) => {
  const instances = await startInstances(aheadMs);
  for (const instance of instances) {
    const login = await logIn(instance);
    expect(login.status).toBe(200);
    const cookie = login.headers
      .getSetCookie()
      .map((line) => line.split(';', 1)[0])
      .join('; ');
    for (const { url } of instances) {
      const me = await fetch(`${url}/api/auth/me`, { headers: { cookie } });
      expect(me.status).toBe(200);
    }
  }
  expect(instances[1].stderr()).toMatch(/The clock of this machine is 10[78]\d\d s/);
});

test('a rate limit that an instance whose clock is 3 h ahead counts ends for all instances after its window', async () => {
  const [one, ahead] = await startInstances(3 * HOUR_MS);
  for (let attempt = 0; attempt < 5; attempt += 1)
    expect((await logIn(ahead, 'not the password')).status).toBe(401);
  for (const instance of [ahead, one]) {
    const refused = await logIn(instance, 'not the password');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  }
});
