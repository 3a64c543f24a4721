// Test setup of this package: a real database, a real webhook on a real socket, and instances that share them.
import { randomBytes } from 'node:crypto';
import { agents, chats, messages, newId, sends, teams, users } from '@parley/db';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { AllowedHosts } from '@parley/webhook';
import {
  createRuns,
  type FollowedEvent,
  type RunEvent,
  type Runs,
  type RunsOptions,
  type StartedRun,
} from '../../src/index.ts';
import { startTestWebhook, type TestWebhook } from '../../src/testing/index.ts';

export interface TestInstance extends AsyncDisposable {
  runs: Runs;
  /** The errors passed to `onError`. */
  errors: unknown[];
}

export interface TestRuns extends AsyncDisposable {
  database: TestDatabase;
  webhook: TestWebhook;
  startInstance: (options?: Partial<RunsOptions>) => Promise<TestInstance>;
  /** Commits a run as chat.send does: the user's message is "Hi", and the answer is still empty. */
  commitRun: (writer: Pick<Runs, 'instanceId' | 'leaseMs'>) => Promise<StartedRun>;
  savedAnswer: (run: StartedRun) => Promise<Awaited<ReturnType<typeof messages.find>>>;
}

/** Creates its own database unless one is given. */
export async function createTestRuns(given?: TestDatabase): Promise<TestRuns> {
  const database = given ?? (await createTestDatabase());
  const webhook = await startTestWebhook();
  const { db } = database;
  return {
    database,
    webhook,
    async startInstance(options = {}) {
      const errors: unknown[] = [];
      const runs = await createRuns({
        db: database.system,
        openSecret: (bytes) => Buffer.from(bytes).toString(),
        allowedHosts: new AllowedHosts(['127.0.0.1']),
        onError: (error) => errors.push(error),
        ...options,
      });
      return { runs, errors, [Symbol.asyncDispose]: () => runs.close() };
    },
    commitRun: (writer) => commitRun(database, webhook, writer),
    savedAnswer: ({ teamId, assistantMessageId: id }) => messages.find(db, { teamId, id }),
    async [Symbol.asyncDispose]() {
      await webhook[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

async function commitRun(
  { db }: TestDatabase,
  webhook: TestWebhook,
  { instanceId, leaseMs }: Pick<Runs, 'instanceId' | 'leaseMs'>,
): Promise<StartedRun> {
  const teamId = newId();
  const userId = newId();
  const agentId = newId();
  const chatId = newId();
  const runId = newId();
  const assistantMessageId = newId();
  await teams.insert(db, { id: teamId, slug: teamId, name: 'Team', isRegistrationOpen: false });
  await users.insert(db, {
    teamId,
    id: userId,
    email: 'u@example.com',
    displayName: 'U',
    role: 'user',
    passwordHash: randomBytes(8).toString('hex'),
  });
  await agents.insert(db, {
    teamId,
    id: agentId,
    name: 'Agent',
    webhookUrl: webhook.url,
    systemPrompt: 'Be brief',
  });
  await chats.insert(db, { teamId, id: chatId, userId, agentId, title: 'Chat' });
  await sends.insert(db, {
    teamId,
    userId,
    agentId,
    chatId,
    messageId: newId(),
    content: 'Hi',
    runId,
    assistantMessageId,
    lastSeq: 0,
    instanceId,
    leaseMs,
  });
  const user = { id: userId, email: 'u@example.com', displayName: 'U', role: 'user' } as const;
  return { teamId, runId, chatId, agentId, assistantMessageId, userMessageSeq: 1, user };
}

export async function followAll(
  runs: Runs,
  { teamId, chatId, runId }: StartedRun,
  after?: FollowedEvent['cursor'],
): Promise<FollowedEvent[]> {
  return Array.fromAsync(runs.follow({ teamId, chatId, runId, after }));
}

/** The text of a follower that had `start` and then received these events. */
export function textOf(events: { event: RunEvent }[], start = ''): string {
  let text = start;
  for (const { event } of events) {
    if (event.type === 'message')
      text = event.data.reset === true ? event.data.content : text + event.data.content;
  }
  return text;
}
