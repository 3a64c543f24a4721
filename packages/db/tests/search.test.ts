// Checks which tables a search reads, by the database's own counters, in a team with 10,000 chats in a database with
// several teams.
import { randomUUID } from 'node:crypto';
import { sql, type Kysely } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { forTeam, messages, search, type DB } from '../src/index.ts';
import { createTestDatabase, type TestDatabase } from '../src/testing/index.ts';
import { insertTeam, type TeamRows } from './fixture.ts';

let database: TestDatabase;
let team: TeamRows;
const terms = { included: ['needle'], excluded: [] };

beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  team = await insertTeam(db, 'north');
  const other = await insertTeam(db, 'south');
  for (const [{ teamId, userId }, chats] of [
    [team, 10_000],
    [other, 1_000],
  ] as const) {
    await sql`
      insert into chats (team_id, id, user_id, title, last_seq, last_activity_at)
      select ${teamId}, gen_random_uuid(), ${userId}, 'Chat ' || number, 2, now() - make_interval(mins => number)
      from generate_series(1, ${chats}::int) as number`.execute(db);
    await sql`
      insert into messages (team_id, id, chat_id, seq, role, content, status)
      select c.team_id, gen_random_uuid(), c.id, seq, 'user', 'Some words of a conversation. ', 'complete'
      from chats c, generate_series(1, 2) seq where c.team_id = ${teamId} and c.last_seq = 2`.execute(db);
  }
  await sql`analyze`.execute(db);
}, 60_000);

afterAll(() => database[Symbol.asyncDispose]());

/** The number of sequential scans by the statements of a transaction. */
async function countWholeReads(read: (trx: Kysely<DB>) => Promise<void>): Promise<number> {
  return forTeam(database.system, team.teamId)
    .transaction()
    .execute(async (trx) => {
      await read(trx);
      const { rows } = await sql<{ scans: number; found: number }>`
        select sum(seq_scan)::int as scans, sum(idx_scan)::int as found from pg_stat_xact_user_tables
        where relname in ('chats', 'messages')`.execute(trx);
      const [count] = rows;
      if (count === undefined || count.found === 0) throw new Error('the counter counted no statement');
      return count.scans;
    });
}

test('a search reads only its chats and messages, by their indexes', async () => {
  const { teamId, userId } = team;
  const scans = await countWholeReads(async (trx) => {
    const chats = await search.listChats(trx, {
      ...{ teamId, userId, terms, maxMessages: 1_000, limit: 1_000 },
    });
    expect(chats.reduce((sum, { messageCount }) => sum + messageCount, 0)).toBe(1_000);
    const chatIds = chats.map(({ id }) => id);
    expect(await search.listMessages(trx, { teamId, userId, terms, chatIds, limit: 50 })).toEqual([]);
  });
  expect(scans).toBe(0);
});

test.each(['istanbul', 'KELVIN', 'stra', '-1.5 k', 'i', 'İ', 'é', 'café', 'фе', '%', 'a_b'])(
  'the search for %j finds what the database finds in any case and in NFC',
  async (term) => {
    const { db, system } = database;
    const { teamId, userId, chatId } = await insertTeam(db, `texts-${randomUUID().slice(0, 8)}`);
    const texts = [
      ...[
        'İSTANBUL',
        'Istanbul',
        'istanbul',
        '300 \u212Aelvin',
        'Straße',
        'STRASSE',
        '-1.5 \u212A',
        '-1.5 K',
      ],
      ...['Cafe\u0301', 'CAFÉ', 'cafe', 'e\u0301', 'Кофе', 'КОФЕ', '100%', 'a_b', 'aXb', 'ı', 'i'],
    ];
    for (const [index, content] of texts.entries())
      await sql`
        insert into messages (team_id, id, chat_id, seq, role, content, status)
        values (${teamId}, gen_random_uuid(), ${chatId}, ${1_000 + index}, 'user', ${content}, 'complete')`.execute(
        db,
      );
    const pattern = `%${term.replaceAll(/[%_]/g, String.raw`\$&`)}%`;
    const { rows } = await sql<{ content: string }>`
      select content from messages where team_id = ${teamId} and seq >= 1000
        and (content ilike ${pattern} or normalize(content, nfc) ilike ${pattern})`.execute(db);
    const found = await search.listMessages(forTeam(system, teamId), {
      ...{ teamId, userId, chatIds: [chatId], terms: { included: [term], excluded: [] }, limit: 100 },
    });
    const expected = rows.map(({ content }) => content.normalize('NFC'));
    const inTexts = found.filter(({ seq }) => seq >= 1_000);
    expect(inTexts.map(({ text }) => text.normalize('NFC')).toSorted()).toEqual(expected.toSorted());
  },
);

test('an export reads only its chat, by its index', async () => {
  const { teamId, chatId } = team;
  const scans = await countWholeReads(async (trx) => {
    const { messages: rows } = await messages.listAfter(trx, {
      ...{ teamId, chatId, afterSeq: 0, limit: 200, maxBytes: 1_000_000 },
    });
    expect(rows.length).toBeGreaterThan(0);
  });
  expect(scans).toBe(0);
});

test('the counter counts a scan of a whole table', async () => {
  const scans = await countWholeReads(async (trx) => {
    await trx.selectFrom('messages').select('id').where('content', 'ilike', '%needle%').execute();
    await trx.selectFrom('chats').select('id').where('id', '=', team.chatId).execute();
  });
  expect(scans).toBeGreaterThan(0);
});
