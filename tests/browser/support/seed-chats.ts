// Inserts chats of the demo's admin into the embedded database. The server must be stopped.
import { forTeam, newId, open, teams, users } from '@parley/db';
import { ADMIN } from './parley-process.ts';

const ROWS_A_STATEMENT = 500;
const HOUR_MS = 3_600_000;

/** Inserts messages from `message 1` to `message <count>`. @returns the chat's id */
export function seedLongChat(dataDir: string, count: number): Promise<string> {
  return seed(dataDir, async ({ scoped, chat }) => {
    const values = chat('A long talk');
    await scoped
      .insertInto('chats')
      .values({ ...values, lastSeq: count })
      .execute();
    const messages = Array.from({ length: count }, (_, index) => {
      const seq = index + 1;
      const isUser = seq % 2 === 1;
      // Answers of different heights.
      const more = isUser ? '' : '\n\nand more of it'.repeat(seq % 5);
      return {
        teamId: values.teamId,
        id: newId(),
        chatId: values.id,
        seq,
        role: isUser ? ('user' as const) : ('assistant' as const),
        content: `message ${seq}${more}`,
        status: 'complete' as const,
      };
    });
    for (let start = 0; start < count; start += ROWS_A_STATEMENT) {
      const rows = messages.slice(start, start + ROWS_A_STATEMENT);
      await scoped.insertInto('messages').values(rows).execute();
    }
    return values.id;
  });
}

/** Inserts empty chats. `Chat 1` is the newest; each is an hour older than the one before. */
export function seedManyChats(dataDir: string, count: number): Promise<void> {
  return seed(dataDir, async ({ scoped, chat }) => {
    const now = Date.now();
    const rows = Array.from({ length: count }, (_, index) => {
      const at = new Date(now - (index + 1) * HOUR_MS).toISOString();
      return { ...chat(`Chat ${index + 1}`), createdAt: at, lastActivityAt: at };
    });
    await scoped.insertInto('chats').values(rows).execute();
  });
}

interface Seeding {
  scoped: ReturnType<typeof forTeam>;
  /** A chat of the admin with the demo's first agent. */
  chat: (title: string) => { teamId: string; id: string; userId: string; agentId: string; title: string };
}

async function seed<Result>(dataDir: string, write: (seeding: Seeding) => Promise<Result>): Promise<Result> {
  const db = await open({ dataDir });
  try {
    const team = await teams.findBySlug(db, 'demo');
    const [admin] = await users.listByEmail(db, { email: ADMIN.email, team: 'demo', limit: 1 });
    if (team === undefined || admin === undefined) throw new Error('there is no demo team');
    const scoped = forTeam(db, team.id);
    const agent = await scoped.selectFrom('agents').select('id').limit(1).executeTakeFirstOrThrow();
    const chat: Seeding['chat'] = (title) => ({
      teamId: team.id,
      id: newId(),
      userId: admin.id,
      agentId: agent.id,
      title,
    });
    return await write({ scoped, chat });
  } finally {
    await db.destroy();
  }
}
