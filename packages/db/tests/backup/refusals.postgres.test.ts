import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { restoreBackup, writeBackup } from '../../src/index.ts';
import { parleyTables, savedTables } from '../../src/backup/saved-tables.ts';
import { open } from '../../src/open.ts';
import { runAsAdmin } from '../../src/testing/postgres-template.ts';
import { withSession } from '../../src/with-session.ts';
import { createTemporaryDir } from '../temporary-dir.ts';
import { createDatabase, describeDatabase, fill, type Database } from './databases.ts';

let temporary: Awaited<ReturnType<typeof createTemporaryDir>>;
let source: Database<{ url: string }>;
let target: Database<{ url: string }>;
let file: string;
let lines: string[];

beforeAll(async () => {
  temporary = await createTemporaryDir();
  source = await createDatabase('postgres');
  target = await createDatabase('postgres');
  await fill(source.location, source.admin);
  await fill(target.location, target.admin);
  file = path.join(temporary.dir, 'parley.backup');
  await writeBackup(source.location, file);
  lines = gunzipSync(await readFile(file))
    .toString()
    .split('\n')
    .slice(0, -1);
});

afterAll(async () => {
  await source[Symbol.asyncDispose]();
  await target[Symbol.asyncDispose]();
  await temporary[Symbol.asyncDispose]();
});

async function plant(content: Uint8Array | string): Promise<string> {
  const planted = path.join(temporary.dir, 'planted');
  await writeFile(planted, content);
  return planted;
}

/** A backup with other lines, and the checksum and numbers of rows that fit them. */
function forge(change: (lines: string[]) => string[]): Uint8Array {
  const content = change(lines.slice(0, -1));
  const rows = content.filter((line) => line.startsWith('[')).length;
  const tables = content.filter((line) => line.startsWith('{"table"')).length;
  const sha256 = createHash('sha256')
    .update(content.map((line) => `${line}\n`).join(''))
    .digest('hex');
  return gzipSync([...content, JSON.stringify({ tables, rows, sha256 }), ''].join('\n'));
}

const nowhere = { url: 'postgres://127.0.0.1:2/none' };

describe('a file is refused before the database is reached', () => {
  test('wherever it was cut off, or a byte of it has changed', async () => {
    const whole = await readFile(file);
    const at = Array.from({ length: 24 }, (_, index) => Math.floor((whole.length * index) / 24));
    for (const length of [...at.slice(1), whole.length - 1])
      await expect(
        restoreBackup(nowhere, await plant(whole.subarray(0, length))),
        `${length}`,
      ).rejects.toMatchObject({ reason: expect.stringMatching(/^BACKUP_/) });
    for (const index of [...at, whole.length - 1].filter((place) => place > 9)) {
      const changed = Buffer.from(whole);
      changed[index] = (changed[index] ?? 0) ^ 0x10;
      await expect(restoreBackup(nowhere, await plant(changed)), `${index}`).rejects.toMatchObject({
        reason: expect.stringMatching(/^BACKUP_/),
      });
    }
  });

  test.each<[string, (all: string[]) => string[]]>([
    [
      'a row is missing',
      (all) => all.filter((_, index) => index !== all.findIndex((l) => l.startsWith('['))),
    ],
    ['a row was added', (all) => all.flatMap((line, index) => (index === 3 ? [line, line] : [line]))],
    ['its last lines are missing', (all) => all.slice(0, -1)],
    ['something follows its end', (all) => [...all, '[]']],
    [
      'two lines are in another order',
      ([header = '', one = '', two = '', ...rest]) => [header, two, one, ...rest],
    ],
  ])('although it is valid gzip: %s', async (_what, change) => {
    const planted = await plant(gzipSync(`${change(lines).join('\n')}\n`));
    await expect(restoreBackup(nowhere, planted)).rejects.toMatchObject({ reason: 'BACKUP_DAMAGED' });
  });

  test.each([
    ['an empty file', ''],
    ['a dump of pg_dump', 'PGDMP\u0001\u0010'],
    ['gzip of another program', gzipSync('hello\n')],
    ['gzip of nothing', gzipSync('')],
    ['other JSON', gzipSync('{"a":1}\n')],
  ])('if it is %s', async (_what, content) => {
    await expect(restoreBackup(nowhere, await plant(content))).rejects.toMatchObject({
      reason: expect.stringMatching(/^BACKUP_(FOREIGN|DAMAGED)$/),
    });
  });

  test('of a newer format, or of a newer schema', async () => {
    for (const [from, to] of [
      ['"format":1', '"format":2'],
      ['"migrations":[', '"migrations":["9999-later.sql",'],
    ] as const) {
      const newer = forge(([header = '', ...rest]) => [header.replace(from, to), ...rest]);
      await expect(restoreBackup(nowhere, await plant(newer))).rejects.toMatchObject({
        reason: 'BACKUP_NEWER',
      });
    }
  });
});

describe('restore leaves the database as it was', () => {
  test('if it has teams and may not be replaced', async () => {
    const before = await describeDatabase(target.admin);
    await expect(restoreBackup(target.location, file)).rejects.toMatchObject({
      reason: 'DATABASE_NOT_EMPTY',
    });
    expect(await describeDatabase(target.admin)).toEqual(before);
  });

  test('if it fails while it replaces the rows', async () => {
    const before = await describeDatabase(target.admin);
    const orphans = forge((all) => all.filter((line) => !line.includes('"north"')));
    const fixed = gunzipSync(orphans).toString().split('\n');
    const teams = fixed.findIndex((line) => line.startsWith('{"table":"teams"'));
    const withCounts = forge(() =>
      fixed.slice(0, -2).map((line, index) => (index > teams && line === '{"rows":3}' ? '{"rows":2}' : line)),
    );
    const failure = restoreBackup(target.location, await plant(withCounts), { replace: true });
    await expect(failure).rejects.toThrow(/foreign key|lacks rows/);
    expect(await describeDatabase(target.admin)).toEqual(before);
  });

  test('if a server is connected to it', async () => {
    const before = await describeDatabase(target.admin);
    const db = await open(target.location);
    await expect(restoreBackup(target.location, file, { replace: true })).rejects.toMatchObject({
      reason: 'DATABASE_IN_USE',
    });
    await db.destroy();
    expect(await describeDatabase(target.admin)).toEqual(before);
  });

  test('if it also holds a table or view of someone else', async () => {
    await runAsAdmin(target.admin.url, 'create view report as select count(*) from teams');
    await expect(restoreBackup(target.location, file, { replace: true })).rejects.toMatchObject({
      reason: 'DATABASE_FOREIGN',
      message: expect.stringContaining('report'),
    });
    await runAsAdmin(target.admin.url, 'drop view report');
  });

  test("if it is another program's", async () => {
    await using other = await createDatabase('postgres');
    await runAsAdmin(other.admin.url, 'create table notes (id integer)');
    for (const replace of [true, false])
      await expect(restoreBackup(other.location, file, { replace })).rejects.toThrow('notes');
  });

  test('if it is interrupted', async () => {
    const before = await describeDatabase(target.admin);
    const interruption = new AbortController();
    const restoring = restoreBackup(target.location, file, {
      replace: true,
      signal: interruption.signal,
      onProgress: (step) => {
        if (step.kind === 'restored') interruption.abort(new Error('Interrupted.'));
      },
    });
    await expect(restoring).rejects.toThrow('Interrupted.');
    expect(await describeDatabase(target.admin)).toEqual(before);
  });
});

test('restore replaces the rows of a database, and brings back a schema that was changed', async () => {
  await runAsAdmin(target.admin.url, `alter table chats add column extra text`);
  await restoreBackup(target.location, file, { replace: true });
  expect(await describeDatabase(target.admin)).toEqual(await describeDatabase(source.admin));
});

test('a backup that fails or is interrupted leaves the previous file, and no other', async () => {
  const dir = path.join(temporary.dir, 'kept');
  await mkdir(dir);
  const kept = path.join(dir, 'kept.backup');
  await writeFile(kept, 'previous');
  const interruption = new AbortController();
  const options = {
    signal: interruption.signal,
    onProgress: () => interruption.abort(new Error('Interrupted.')),
  };
  await expect(writeBackup(source.location, kept, options)).rejects.toThrow('Interrupted.');
  await expect(writeBackup(nowhere, kept)).rejects.toThrow('Nothing answers');
  expect(await readdir(dir)).toEqual(['kept.backup']);
  expect(await readFile(kept, 'utf8')).toBe('previous');
  await expect(writeBackup(source.location, path.join(dir, 'none/kept'))).rejects.toMatchObject({
    reason: 'FILE_UNUSABLE',
  });
});

test('a backup contains the rows of one moment, while others write', async () => {
  const written = path.join(temporary.dir, 'moment.backup');
  let hasWritten = false;
  const writes: Promise<unknown>[] = [];
  await writeBackup(source.location, written, {
    onProgress: () => {
      if (hasWritten) return;
      hasWritten = true;
      // The tables of teams and users are read later.
      writes.push(runAsAdmin(source.admin.url, `update teams set name = 'Later'`));
    },
  });
  await Promise.all(writes);
  expect(hasWritten).toBe(true);
  expect(gunzipSync(await readFile(written)).toString()).not.toContain('"Later"');
});

test('every table of the schema is saved or left out', async () => {
  const tables = await withSession(source.location, (session) =>
    session.select<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`,
    ),
  );
  expect(tables?.map(({ name }) => name)).toEqual(parleyTables.toSorted());
  expect(parleyTables.filter((name) => !savedTables.includes(name))).toEqual(['rate_limits']);
  const others = await runAsAdmin(
    source.admin.url,
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('S', 'm', 'f')`,
  );
  expect(others).toEqual([]);
});
