// The operators' commands on the embedded database, which takes one process at a time.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { open, users } from '@parley/db';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startParley } from './start-parley.ts';

/** Each start of the embedded database takes seconds. */
const TIMEOUT_MS = 180_000;

let dir: string;
let dataDir: string;

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'parley-cli-'));
  dataDir = path.join(dir, 'data');
});

afterAll(() => rm(dir, { recursive: true }));

async function parley(...args: string[]) {
  const process = startParley(args, { password: 'a good password', env: { PARLEY_DATA_DIR: dataDir } });
  return { exitCode: await process.exitCode, stdout: process.stdout(), stderr: process.stderr() };
}

test(
  'team create and doctor work on the embedded database, and name the process that holds it',
  async () => {
    const before = await parley('doctor');
    expect(before).toMatchObject({ exitCode: 0 });
    expect(before.stdout).toContain(`There is no embedded database in ${dataDir} yet`);

    const create = ['team', 'create', 'Ärzte & Co.', '--admin-email', 'Admin@Example.com'];
    expect(await parley(...create)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('(NO_DATABASE)'),
    });
    const made = await parley(...create, '--embedded');
    expect(made).toMatchObject({ exitCode: 0, stderr: `Database: the embedded one in ${dataDir}\n` });
    expect(made.stdout).toMatch(
      /^Created the team arzte-co \([0-9a-f-]{36}\)\. Its admin logs in as Admin@Example\.com\.\n$/,
    );
    const db = await open({ dataDir });
    expect(await users.listByEmail(db, { email: 'admin@example.com', limit: 2 })).toMatchObject([
      { role: 'admin', teamSlug: 'arzte-co', teamName: 'Ärzte & Co.' },
    ]);
    const inUse = `in use by process ${process.pid}`;
    expect(await parley('doctor')).toMatchObject({ exitCode: 1, stdout: expect.stringContaining(inUse) });
    expect(await parley('team', 'list')).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining(inUse),
    });
    await db.destroy();

    const sound = await parley('doctor');
    expect(sound).toMatchObject({ exitCode: 0 });
    expect(sound.stdout).toContain('No problems found.');
  },
  TIMEOUT_MS,
);
