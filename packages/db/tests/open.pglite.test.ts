import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithParent } from '@parley/testing';
import { sql } from 'kysely';
import { v7 as uuid } from 'uuid';
import { describe, expect, test } from 'vitest';
import type { WriteRefusal } from '../src/index.ts';
import { open } from '../src/open.ts';
import { withoutScope } from '../src/testing/without-scope.ts';
import { createTemporaryDir } from './temporary-dir.ts';

/** Kills a process that writes to the folder at a random moment, and returns the acknowledged writes. */
async function writeAndKill(dataDir: string, isTime: (answers: number) => boolean): Promise<unknown[]> {
  const writer = endWithParent(fork(path.join(import.meta.dirname, 'processes/write-teams.ts'), [dataDir]));
  const answered: unknown[] = [];
  writer.on('message', (slug) => answered.push(slug));
  while (!isTime(answered.length)) {
    if (writer.exitCode !== null) throw new Error('The writer ended by itself');
    await sleep(1);
  }
  writer.kill('SIGKILL');
  await once(writer, 'close');
  return answered;
}

describe('open() on a folder', () => {
  test('open() creates a folder that only its owner may enter, and keeps its data', async () => {
    await using temporary = await createTemporaryDir();
    const dataDir = path.join(temporary.dir, 'made/by/open');
    const first = await open({ dataDir });
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
    await first.insertInto('teams').values({ id: uuid(), slug: 'north', name: 'North' }).execute();
    await expect(open({ dataDir })).rejects.toThrow(
      `The data directory ${dataDir} is in use by process ${process.pid}.`,
    );
    await first.destroy();
    const second = await open({ dataDir });
    expect(await second.selectFrom('teams').select('slug').execute()).toEqual([{ slug: 'north' }]);
    await second.destroy();
    expect(await readdir(dataDir)).toEqual(['database']);
  });

  test(
    'a database whose process was killed at any moment has all acknowledged writes',
    { timeout: 60_000 },
    async () => {
      await using temporary = await createTemporaryDir();
      const created = path.join(temporary.dir, 'database');
      // PGlite writes PG_VERSION among the first of a thousand files.
      await writeAndKill(temporary.dir, () => existsSync(path.join(`${created}.new`, 'PG_VERSION')));
      await writeAndKill(temporary.dir, () => existsSync(created));
      const answered: unknown[] = [];
      for (const answers of [1, 30, 200]) {
        answered.push(...(await writeAndKill(temporary.dir, (count) => count >= answers)));
      }
      expect(answered.length).toBeGreaterThan(200);
      const db = await open({ dataDir: temporary.dir });
      const found = new Set<unknown>(
        (await db.selectFrom('teams').select('slug').execute()).map((team) => team.slug),
      );
      expect(answered.filter((slug) => !found.has(slug))).toEqual([]);
      await db.destroy();
    },
  );

  test('writes that the database refuses are reported, and so are those that it accepts', async () => {
    await using temporary = await createTemporaryDir();
    const refusals: WriteRefusal[] = [];
    let accepted = 0;
    await using db = await open({
      dataDir: temporary.dir,
      writeObserver: { refused: (refusal) => refusals.push(refusal), accepted: () => (accepted += 1) },
    });
    const owner = withoutScope(db);
    const insert = (handle: typeof db) =>
      handle
        .insertInto('teams')
        .values({ id: uuid(), slug: `team-${accepted}`, name: 'Team' })
        .execute();
    await insert(db);
    await db.selectFrom('teams').select('slug').execute();
    expect([accepted, refusals]).toEqual([1, []]);

    await sql`
      create function refuse_growth() returns trigger language plpgsql as $$
      begin
        raise exception 'could not extend file: No space left on device' using errcode = 'disk_full';
      end $$
    `.execute(owner);
    await sql`
      create trigger disk_full before insert on teams for each statement execute function refuse_growth()
    `.execute(owner);
    const refusal = { code: '53100', because: 'its disk is full' };
    await expect(insert(db)).rejects.toMatchObject({ code: '53100' });
    await expect(db.transaction().execute(insert)).rejects.toMatchObject({ code: '53100' });
    await expect(insert(owner)).rejects.toMatchObject({ code: '53100' });
    expect([accepted, refusals]).toEqual([1, [refusal, refusal, refusal]]);

    await sql`drop trigger disk_full on teams`.execute(owner);
    await db.transaction().execute(insert);
    expect(accepted).toBe(2);
  });

  test('open() names the folder that cannot be written', async () => {
    await using temporary = await createTemporaryDir();
    const dataDir = path.join(temporary.dir, 'file');
    await writeFile(dataDir, '');
    await expect(open({ dataDir })).rejects.toThrow(
      `The data directory ${dataDir} cannot be written (EEXIST`,
    );
  });

  test('open() releases the lock and names the folder when the database does not start', async () => {
    await using temporary = await createTemporaryDir();
    await mkdir(path.join(temporary.dir, 'database'));
    await writeFile(path.join(temporary.dir, 'database/PG_VERSION'), '9.6\n');
    for (let i = 0; i < 2; i += 1) {
      await expect(open({ dataDir: temporary.dir })).rejects.toThrow(
        `The embedded database in ${temporary.dir}/database does not start.`,
      );
    }
    expect(await readdir(temporary.dir)).toEqual(['database']);
  });
});
