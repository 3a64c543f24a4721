// Times the queries of chat.list, chat.get and chat.send with and without row-level security:
// `rls-process.ts <{ url } as JSON>`.
import { agents, chats, forTeam, messages, newId, sends, teams, users, type DB } from '@parley/db';
import { sql, type Kysely } from 'kysely';
import { z } from 'zod';
import { fillChats, fillTeam, updateStatistics, type ChatOwner } from '../growth/fill-database.ts';
import { serveCommands } from '../processes/serve-commands.ts';
import { openHandles } from './open-handles.ts';

const { url } = z.object({ url: z.string().optional() }).parse(JSON.parse(process.argv[2] ?? '{}'));
const { plain, system } = await openHandles(url);

export type RlsCall = 'list' | 'get' | 'send';
export type RlsHandle = 'plain' | 'forTeam';

interface Team extends ChatOwner {
  chatIds: string[];
}

const filled: Team[] = [];

async function createTeam({
  chats: chatCount,
  messages: messageCount,
  emptyChats,
}: {
  chats: number;
  messages: number;
  emptyChats: number;
}) {
  const [teamId, userId, agentId] = [newId(), newId(), newId()];
  await teams.insert(plain, {
    id: teamId,
    slug: `team-${teamId}`,
    name: 'Team',
    isRegistrationOpen: false,
  });
  await users.insert(plain, {
    ...{ teamId, id: userId, email: `${userId}@example.com`, displayName: 'User', role: 'user' },
    passwordHash: '-',
  });
  await agents.insert(plain, {
    teamId,
    id: agentId,
    name: 'Agent',
    webhookUrl: 'http://127.0.0.1',
  });
  const owner = { teamId, userId, agentId };
  await fillTeam(plain, owner, emptyChats);
  filled.push({
    ...owner,
    chatIds: await fillChats(plain, owner, { chats: chatCount, messages: messageCount }),
  });
}

const calls: Record<RlsCall, (db: Kysely<DB>, team: Team, chatId: string) => Promise<unknown>> = {
  list: (db, { teamId, userId }) => chats.list(db, { teamId, userId, isArchived: false, limit: 51 }),
  async get(db, { teamId, userId }, chatId) {
    await chats.find(db, { teamId, userId, id: chatId });
    await messages.listAfter(db, { teamId, chatId, afterSeq: 0, limit: 1_000, maxBytes: 1_000_000 });
  },
  send: (db, { teamId, userId, agentId }, chatId) =>
    db.transaction().execute(async (trx) => {
      const chat = await chats.lock(trx, { teamId, userId, id: chatId });
      const messageId = newId();
      await sends.findWithAnswerState(trx, { teamId, chatId, messageId });
      await sends.insert(trx, {
        ...{ teamId, userId, agentId, chatId, messageId, content: 'And what then?', runId: newId() },
        ...{ assistantMessageId: newId(), lastSeq: chat?.lastSeq ?? 0, instanceId: newId(), leaseMs: 1000 },
      });
    }),
};

/** Removes a sent message, so that chats keep their length. */
async function undoSend(chatId: string, messageCount: number): Promise<void> {
  await sql`delete from runs where chat_id = ${chatId} and state = 'running'`.execute(plain);
  await sql`delete from messages where chat_id = ${chatId} and seq > ${messageCount}`.execute(plain);
  await sql`update chats set last_seq = ${messageCount} where id = ${chatId}`.execute(plain);
}

const commands = {
  async fill({
    teams: count,
    ...size
  }: {
    teams: number;
    chats: number;
    messages: number;
    emptyChats: number;
  }) {
    for (let i = 0; i < count; i++) await createTeam(size);
    await updateStatistics(plain);
  },
  /** Times each call with both handles, in the next team and chat. The handles take turns at going first. */
  async time({ call, times, messages: messageCount }: { call: RlsCall; times: number; messages: number }) {
    const samples: Record<RlsHandle, number[]> = { plain: [], forTeam: [] };
    for (let index = 0; index < times; index++) {
      const team = filled[index % filled.length];
      const chatId = team?.chatIds[index % team.chatIds.length];
      if (team === undefined || chatId === undefined) throw new Error('Call fill first.');
      const handles: readonly RlsHandle[] = index % 2 === 0 ? ['plain', 'forTeam'] : ['forTeam', 'plain'];
      for (const handle of handles) {
        const startMs = performance.now();
        // A server, too, creates a handle for each request.
        await calls[call](handle === 'plain' ? plain : forTeam(system, team.teamId), team, chatId);
        samples[handle].push(performance.now() - startMs);
        if (call === 'send') await undoSend(chatId, messageCount);
      }
    }
    return samples;
  },
};

export type RlsCommands = typeof commands;

serveCommands(commands);
