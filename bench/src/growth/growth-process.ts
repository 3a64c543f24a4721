// Times calls of the router, without HTTP, in chats and teams of different sizes:
// `growth-process.ts <{ url, dataDir, agentUrl } as JSON>`.
import { randomBytes } from 'node:crypto';
import { createCaller, createContext, createSecretBox, createServices } from '@parley/api';
import { agents, forTeam, newId, open, teams, users } from '@parley/db';
import { createRuns } from '@parley/runs';
import { AllowedHosts } from '@parley/webhook';
import { z } from 'zod';
import { withoutScope } from '../../../packages/db/src/testing/without-scope.ts';
import { serveCommands } from '../processes/serve-commands.ts';
import { fillChats, fillTeam, updateStatistics } from './fill-database.ts';

const { url, dataDir, agentUrl } = z
  .object({ url: z.string().optional(), dataDir: z.string(), agentUrl: z.string() })
  .parse(JSON.parse(process.argv[2] ?? '{}'));

const secretBox = createSecretBox([randomBytes(32)]);
const system = await open(url === undefined ? { dataDir } : { url });
const db = withoutScope(system);
const allowedHosts = new AllowedHosts([new URL(agentUrl).host]);
const runs = await createRuns({ db: system, openSecret: secretBox.open, allowedHosts });
const services = createServices({
  db: system,
  runs,
  secretBox,
  allowedHosts,
  jwtSecrets: [randomBytes(32)],
  isSecure: false,
});

export type TimedCall =
  | 'send'
  | 'send, to the end of the answer'
  | 'messages, first page'
  | 'get, the whole chat'
  | 'list, first page'
  | 'list, archived'
  | 'search, a word of every message'
  | 'search, a word of none';

interface Timing {
  team: string;
  call: TimedCall;
  times: number;
}

interface Team {
  caller: ReturnType<typeof createCaller>;
  chatIds: string[];
}

const filled = new Map<string, Team>();

/** Creates a team with one user, one agent, and a caller for that user. */
async function createTeam() {
  const teamId = newId();
  const userId = newId();
  const agentId = newId();
  await teams.insert(db, { id: teamId, slug: `team-${teamId}`, name: 'Team', isRegistrationOpen: false });
  await users.insert(db, {
    teamId,
    id: userId,
    email: `${userId}@example.com`,
    displayName: 'User',
    role: 'user',
    passwordHash: '-',
  });
  await agents.insert(db, {
    teamId,
    id: agentId,
    name: 'Agent',
    description: '',
    webhookUrl: agentUrl,
    config: JSON.stringify({ tokens: 1, token_delay_ms: 0 }),
  });
  const session = await services.sessions.create(forTeam(services.db, teamId), {
    teamId,
    userId,
    userAgent: null,
  });
  const accessToken = await services.accessTokens.sign({ sessionIdHash: session.idHash, userId });
  const cookie = services.cookies
    .write({ accessToken, sessionId: session.id })
    .map((header) => header.replace(/;.*/, ''))
    .join('; ');
  const caller = createCaller(() => createContext(services, { cookie, setCookie: () => {} }));
  return { owner: { teamId, userId, agentId }, caller };
}

async function timed(call: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await call();
  return performance.now() - startMs;
}

/** The time until the send is answered, and until the run has ended, so that the process is idle before the next call. */
async function timeSend(caller: Team['caller'], chatId: string): Promise<{ sentMs: number; doneMs: number }> {
  const startMs = performance.now();
  const { runId } = await caller.chat.send({ chatId, messageId: newId(), content: 'And what then?' });
  const sentMs = performance.now() - startMs;
  for await (const _event of await caller.chat.stream({ chatId, runId })) {
    // Reads to the terminal event.
  }
  return { sentMs, doneMs: performance.now() - startMs };
}

async function timeCall({ caller }: Team, call: TimedCall, chatId: string): Promise<number> {
  switch (call) {
    case 'send':
      return (await timeSend(caller, chatId)).sentMs;
    case 'send, to the end of the answer':
      return (await timeSend(caller, chatId)).doneMs;
    case 'messages, first page':
      return timed(() => caller.chat.messages({ chatId }));
    case 'get, the whole chat':
      return timed(() => caller.chat.get({ id: chatId }));
    case 'list, first page':
      return timed(() => caller.chat.list({}));
    case 'list, archived':
      return timed(() => caller.chat.list({ isArchived: true }));
    case 'search, a word of every message':
      return timed(() => caller.chat.search({ query: 'conversation' }));
    case 'search, a word of none':
      return timed(() => caller.chat.search({ query: 'unheard-of' }));
  }
}

const commands = {
  /** Creates a team with `chats` chats of `messages` messages each, and with `emptyChats` more. */
  async createTeam({ name, ...size }: { name: string; chats: number; messages: number; emptyChats: number }) {
    const { owner, caller } = await createTeam();
    await fillTeam(db, owner, size.emptyChats);
    filled.set(name, { caller, chatIds: await fillChats(db, owner, size) });
  },
  updateStatistics: () => updateStatistics(db),
  /** Times a call, in another chat of the team each time. */
  async time({ team: name, call, times }: Timing): Promise<number[]> {
    const team = filled.get(name);
    if (team === undefined) throw new Error(`There is no team ${name}.`);
    const samples: number[] = [];
    for (let index = 0; index < times; index++) {
      const chatId = team.chatIds.shift() ?? '';
      team.chatIds.push(chatId);
      samples.push(await timeCall(team, call, chatId));
    }
    return samples;
  },
};

export type GrowthCommands = typeof commands;

serveCommands(commands);
