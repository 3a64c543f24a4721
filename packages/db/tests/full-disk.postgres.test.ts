// A Postgres server on a real file system without a free byte.
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { inspectDatabase, isDatabaseUnavailable, newId, type WriteRefusal } from '../src/index.ts';
import { open } from '../src/open.ts';
import { startPostgres } from '../src/testing/start-postgres.ts';

test('a full disk fails writes as unavailable and reports them, leaves reads, and is found by inspectDatabase()', async (context) => {
  await using stack = new AsyncDisposableStack();
  const server = stack.adopt(await startPostgres({ diskMegabytes: 200 }), ({ stop }) => stop());
  const { disk, url } = server;
  if (disk === undefined) {
    console.warn('*** The test of a full disk is SKIPPED: mounting a file system takes Linux and root. ***');
    context.skip();
    return;
  }
  const refusals: WriteRefusal[] = [];
  let accepted = 0;
  const writeObserver = {
    refused: (refusal: WriteRefusal) => void refusals.push(refusal),
    accepted: () => void (accepted += 1),
  };
  await using db = await open({ url, writeObserver });
  const id = newId();
  await db.insertInto('teams').values({ id, slug: 'north', name: 'North' }).execute();
  expect(accepted).toBe(1);

  await disk.fill();
  const insert = sql`
    insert into teams (id, slug, name)
    select gen_random_uuid(), 'team-' || number, md5(random()::text) from generate_series(1, 20000) as number
  `;
  const failure: unknown = await insert.execute(db).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: '53100',
    message: expect.stringContaining('No space left on device'),
  });
  expect(isDatabaseUnavailable(failure)).toBe(true);
  expect(refusals).toEqual([{ code: '53100', because: 'its disk is full' }]);
  expect(await db.selectFrom('teams').select('slug').execute()).toEqual([{ slug: 'north' }]);
  expect(await inspectDatabase({ url })).toMatchObject({
    writeRefusal: expect.stringMatching(/^its disk is full \(.*No space left on device/),
  });

  await disk.free();
  await insert.execute(db);
  expect(accepted).toBe(2);
  expect(await inspectDatabase({ url })).toMatchObject({ writeRefusal: undefined });
}, 120_000);
