import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseTimestamptz } from '../src/column-parsers.ts';
import { createTestDatabase, type TestDatabase } from '../src/testing/index.ts';
import { insertTeam } from './fixture.ts';

describe('column values are the same on both engines', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  test('times are ISO 8601 in UTC with milliseconds, and are read as they were written', async () => {
    const { db } = database;
    const { teamId } = await insertTeam(db, 'times');
    const times = [
      '2026-11-23T05:00:00.123Z',
      '2026-11-23T05:00:00.120Z',
      '2026-11-23T05:00:00.000Z',
      '1999-12-31T23:59:59.999Z',
    ];
    for (const time of times) {
      const update = db
        .updateTable('teams')
        .set({ updatedAt: time })
        .where('id', '=', teamId)
        .returning('updatedAt');
      expect(await update.executeTakeFirst()).toEqual({ updatedAt: time });
    }
    const { createdAt } = await db
      .selectFrom('teams')
      .select('createdAt')
      .where('id', '=', teamId)
      .executeTakeFirstOrThrow();
    expect(new Date(createdAt).toISOString()).toBe(createdAt);
    const found = db
      .selectFrom('teams')
      .select('id')
      .where('createdAt', '=', createdAt)
      .where('id', '=', teamId);
    expect(await found.execute()).toEqual([{ id: teamId }]);
  });

  test('bytes are a Uint8Array, JSON is its value, integers and counts are numbers, days are text', async () => {
    const { db } = database;
    const { agentId } = await insertTeam(db, 'columns');
    const agent = await db
      .selectFrom('agents')
      .selectAll()
      .where('id', '=', agentId)
      .executeTakeFirstOrThrow();
    expect(agent).toMatchObject({
      config: { a: [1, 'é'] },
      maxHistoryBytes: 1_000_000,
      webhookTokenEncrypted: null,
    });
    const avatar = await db
      .selectFrom('agentAvatars')
      .select('bytes')
      .where('agentId', '=', agentId)
      .executeTakeFirst();
    expect(avatar?.bytes).toBeInstanceOf(Uint8Array);
    expect(Array.from(avatar?.bytes ?? [])).toEqual([0, 127, 255]);
    const { rows } =
      await sql`select count(*) as count, date '2026-11-23' as day from agents where id = ${agentId}`.execute(
        db,
      );
    expect(rows).toEqual([{ count: 1, day: '2026-11-23' }]);
  });
});

describe('parseTimestamptz', () => {
  test.each([
    ['2026-11-23 05:00:00+00', '2026-11-23T05:00:00.000Z'],
    ['2026-11-23 05:00:00.1+00', '2026-11-23T05:00:00.100Z'],
    ['2026-11-23 05:00:00.123999+00', '2026-11-23T05:00:00.123Z'],
    ['2026-11-23 05:00:00.12+05:45', '2026-11-22T23:15:00.120Z'],
    ['2026-11-23 05:00:00-03', '2026-11-23T08:00:00.000Z'],
  ])('parseTimestamptz converts %s to %s', (text, iso) => {
    expect(parseTimestamptz(text)).toBe(iso);
  });

  test.each(['infinity', '23.11.2026 05:00:00 UTC', '11/23/2026 05:00:00 UTC'])(
    'parseTimestamptz rejects %s',
    (text) => {
      expect(() => parseTimestamptz(text)).toThrow('ISO style');
    },
  );
});
