// Work that somebody waits for ends in time, whatever the database does.
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { forTeam, isDatabaseUnavailable, newId, withTimeLimit } from '../src/index.ts';
import { open } from '../src/open.ts';
import { createTestDatabase, startDatabaseProxy } from '../src/testing/index.ts';

async function failure(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return 'none';
  } catch (error) {
    return error;
  }
}

describe('withTimeLimit()', () => {
  test('a statement over its time limit is cancelled by the server, and its connection is used again', async () => {
    await using database = await createTestDatabase();
    await using db = await open({ url: database.url ?? '', maxConnections: 1 });
    const pid = async (): Promise<unknown> => (await sql`select pg_backend_pid()`.execute(db)).rows;
    const before = await pid();
    const limited = withTimeLimit(db, 200);
    for (const handle of [
      limited,
      forTeam(limited, newId()),
      withTimeLimit(withTimeLimit(db, 60_000), 200),
    ]) {
      const error = await failure(sql`select pg_sleep(30)`.execute(handle));
      expect(error).toMatchObject({ code: '57014' });
      expect(isDatabaseUnavailable(error)).toBe(true);
    }
    expect(await pid()).toEqual(before);
    // The same connection has no limit for other work.
    await sql`select pg_sleep(0.5)`.execute(db);
  });

  test('a transaction over its time limit fails, although each of its statements is fast', async () => {
    await using database = await createTestDatabase();
    await using db = await open({ url: database.url ?? '' });
    const transaction = withTimeLimit(db, 1_000)
      .transaction()
      .execute(async (trx) => {
        for (;;) await sql`select pg_sleep(0.1)`.execute(trx);
      });
    expect(isDatabaseUnavailable(await failure(transaction))).toBe(true);
  });

  test('a statement that a frozen database does not answer fails in time, and other work waits for the answer', async () => {
    await using database = await createTestDatabase();
    await using proxy = await startDatabaseProxy(database.url ?? '');
    await using db = await open({ url: proxy.url, maxConnections: 2 });
    const limited = withTimeLimit(db, 500);
    await Promise.all([1, 2].map(() => sql`select pg_sleep(0.1)`.execute(limited)));
    proxy.freeze();
    const waiting = sql`select 1 as one`.execute(db);
    const startMs = performance.now();
    const failures = await Promise.all(
      Array.from({ length: 5 }, () => failure(sql`select 1`.execute(limited))),
    );
    expect(performance.now() - startMs).toBeLessThan(4_000);
    expect(failures.map(isDatabaseUnavailable)).toEqual(failures.map(() => true));
    await proxy.restore();
    expect((await waiting).rows).toEqual([{ one: 1 }]);
    expect((await sql`select 1 as one`.execute(limited)).rows).toEqual([{ one: 1 }]);
  });

  test('the wait for a connection counts, and a connection that comes too late returns to the pool', async () => {
    await using database = await createTestDatabase();
    let usage = { total: 0, idle: 0, waiting: 0 };
    let read = () => usage;
    await using db = await open({
      url: database.url ?? '',
      maxConnections: 1,
      watchPool: (watched) => (read = watched),
    });
    const release = Promise.withResolvers<void>();
    const taken = db.connection().execute(() => release.promise);
    const error = await failure(sql`select 1`.execute(withTimeLimit(db, 200)));
    expect(isDatabaseUnavailable(error)).toBe(true);
    release.resolve();
    await taken;
    await sql`select 1`.execute(withTimeLimit(db, 10_000));
    await expect
      .poll(() => {
        usage = read();
        return usage;
      })
      .toEqual({ total: 1, idle: 1, waiting: 0 });
  });
});
