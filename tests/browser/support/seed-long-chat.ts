// A long chat of the demo's admin, written straight into the embedded database of a server that is not running.
import { findTeamBySlug, forTeam, listAccountsByEmail, newId, open } from '@parley/db';
import { ADMIN } from './parley-process.ts';

const ROWS_A_STATEMENT = 500;

/** @returns the chat's id; its messages say `message 1` to `message <count>` */
export async function seedLongChat(dataDir: string, count: number): Promise<string> {
  const db = await open({ dataDir });
  try {
    const team = await findTeamBySlug(db, 'demo');
    const [admin] = await listAccountsByEmail(db, { email: ADMIN.email, team: 'demo', limit: 1 });
    if (team === undefined || admin === undefined) throw new Error('there is no demo team');
    const scoped = forTeam(db, team.id);
    const agent = await scoped.selectFrom('agents').select('id').limit(1).executeTakeFirstOrThrow();
    const id = newId();
    await scoped
      .insertInto('chats')
      .values({
        team_id: team.id,
        id,
        user_id: admin.id,
        agent_id: agent.id,
        title: 'A long talk',
        last_seq: count,
      })
      .execute();
    for (let start = 1; start <= count; start += ROWS_A_STATEMENT) {
      const rows = Array.from({ length: Math.min(ROWS_A_STATEMENT, count - start + 1) }, (_, index) => {
        const seq = start + index;
        const role = seq % 2 === 1 ? ('user' as const) : ('assistant' as const);
        // Of different heights, as messages are.
        const more = '\n\nand more of it'.repeat(seq % 5);
        return {
          team_id: team.id,
          id: newId(),
          chat_id: id,
          seq,
          role,
          content: role === 'user' ? `message ${seq}` : `message ${seq}${more}`,
          status: 'complete' as const,
        };
      });
      await scoped.insertInto('messages').values(rows).execute();
    }
    return id;
  } finally {
    await db.destroy();
  }
}
