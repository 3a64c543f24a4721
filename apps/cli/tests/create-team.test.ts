import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { listAccountsByEmail, open } from '@parley/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startParley, type Parley } from './start-parley.ts';

let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(os.tmpdir(), 'parley-cli-'));
});

afterAll(() => rm(dataDir, { recursive: true }));

function createTeam(args: string[], password = 'a good password'): Parley {
  return startParley(['team', 'create', ...args], { password, env: { PARLEY_DATA_DIR: dataDir } });
}

test('a team is made with its admin, whose slug comes from its name', async () => {
  const parley = createTeam(['Ärzte & Co.', '--admin-email', 'Admin@Example.com']);
  expect(await parley.exitCode).toBe(0);
  expect(parley.stdout()).toMatch(
    /^Made the team arzte-co \([0-9a-f-]{36}\)\. Its admin logs in as Admin@Example\.com\.\n$/,
  );
  const db = await open({ dataDir });
  expect(await listAccountsByEmail(db, { email: 'admin@example.com', limit: 2 })).toMatchObject([
    { role: 'admin', teamSlug: 'arzte-co', teamName: 'Ärzte & Co.' },
  ]);
  await db.destroy();
});

test('what cannot be used is said in one line, and makes nothing', async () => {
  for (const [args, password, problem] of [
    [['Acme', '--admin-email', 'nobody'], 'a good password', 'admin email must be an email address'],
    [['Acme', '--admin-email', 'a@example.com'], 'short', 'admin password must have at least 10 characters'],
    [['Acme', '--admin-email', 'a@example.com', '--slug', 'A b'], 'a good password', 'slug must be'],
    [['Other', '--admin-email', 'a@example.com', '--slug', 'arzte-co'], 'a good password', 'already'],
  ] as const) {
    const parley = createTeam([...args], password);
    expect(await parley.exitCode).toBe(1);
    expect(parley.stderr()).toContain(problem);
    expect(parley.stderr().trim().split('\n')).toHaveLength(1);
  }
});
