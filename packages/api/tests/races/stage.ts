// The stage that the calls of one round share: a new team with one of each thing.
import { agents, apiKeys, chats, forTeam, invites, newId, runs, sends, type DB } from '@parley/db';
import type { Kysely } from 'kysely';
import type { createCaller } from '../../src/root.ts';
import { createSecretToken } from '../../src/secrets/secret-token.ts';
import { createTestApi, type TestApi, type TestApiInstance, type TestTeam } from '../../src/testing/index.ts';

type Caller = ReturnType<typeof createCaller>;

/** Several instances with separate connections, so that only the database orders their calls. */
export interface Cluster extends AsyncDisposable {
  api: TestApi;
  instances: Pick<TestApiInstance, 'callerWith' | 'services'>[];
  /** Failures of runs in the background, such as a deadlock. */
  errors: unknown[];
}

export async function startCluster(count: number): Promise<Cluster> {
  await using cleanup = new AsyncDisposableStack();
  const errors: unknown[] = [];
  const api = cleanup.use(await createTestApi({ runs: { onError: (error) => errors.push(error) } }));
  const instances: Cluster['instances'] = [api];
  while (instances.length < count) instances.push(cleanup.use(await api.startInstance()));
  const open = cleanup.move();
  return { api, instances, errors, [Symbol.asyncDispose]: () => open.disposeAsync() };
}

export interface Stage {
  team: TestTeam;
  /** Both are admins. Calls on the object `user` change `member`. */
  admin: { id: string; cookie: string };
  member: { id: string; email: string; password: string; cookie: string; sessionIdHash: string };
  /** A second session of the member. */
  otherSession: { cookie: string; idHash: string };
  agentId: string;
  /** The member's chat, whose only run has failed, and that run. */
  chatId: string;
  runId: string;
  inviteId: string;
  inviteToken: string;
  apiKeyId: string;
  apiKey: string;
}

/** A call as one of the round's callers makes it. */
export interface Turn {
  stage: Stage;
  /** Another instance for each of the round's callers, in turn. */
  callerWith: TestApi['callerWith'];
  admin: Caller;
  member: Caller;
}

export async function createStage({ api }: Cluster): Promise<Stage> {
  const team = await api.createTeam({ isRegistrationOpen: true });
  const { id: teamId } = team;
  const member = team.user;
  await api.db.updateTable('users').set({ role: 'admin' }).where('id', '=', member.id).execute();
  const db = forTeam(api.services.db, teamId);
  const sessionIdHash = await hashOfOnlySession(api.db, member.id);
  const other = await api.services.sessions.create(db, { teamId, userId: member.id, userAgent: 'other' });
  const accessToken = await api.services.accessTokens.sign({
    sessionIdHash: other.idHash,
    userId: member.id,
  });
  const cookie = api.services.cookies
    .write({ accessToken, sessionId: other.id })
    .map((header) => header.slice(0, header.indexOf(';')))
    .join('; ');
  const agent = await agents.insert(db, { teamId, id: newId(), name: 'Agent', webhookUrl: api.webhook.url });
  const chatId = newId();
  await chats.insert(db, { teamId, id: chatId, userId: member.id, agentId: agent.id, title: 'Chat' });
  const runId = await insertFailedRun(db, { teamId, userId: member.id, agentId: agent.id, chatId });
  const { token: inviteToken, hash: tokenHash } = createSecretToken('invite_', 16);
  const inviteId = newId();
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  await invites.insert(db, { teamId, id: inviteId, tokenHash, role: 'user', createdBy: null, expiresAt });
  const apiKeyId = newId();
  const { token: apiKey, hash: keyHash } = createSecretToken('parley_', 32);
  await apiKeys.insert(db, { teamId, id: apiKeyId, userId: member.id, name: 'Key', keyHash, scope: 'admin' });
  return {
    team,
    admin: team.admin,
    member: { ...member, sessionIdHash },
    otherSession: { cookie, idHash: other.idHash },
    agentId: agent.id,
    chatId,
    runId,
    inviteId,
    inviteToken,
    apiKeyId,
    apiKey,
  };
}

async function hashOfOnlySession(db: Kysely<DB>, userId: string): Promise<string> {
  const session = await db
    .selectFrom('sessions')
    .select('id')
    .where('userId', '=', userId)
    .executeTakeFirstOrThrow();
  return session.id;
}

async function insertFailedRun(
  db: Kysely<DB>,
  of: { teamId: string; userId: string; agentId: string; chatId: string },
): Promise<string> {
  const [runId, instanceId] = [newId(), newId()];
  await sends.insert(db, {
    ...of,
    ...{ messageId: newId(), content: 'Hello', runId, assistantMessageId: newId(), lastSeq: 0, instanceId },
    leaseMs: 60_000,
  });
  await runs.end(db, {
    ...{ teamId: of.teamId, runId, instanceId, state: 'failed', content: 'He', parts: null },
    ...{ events: [], lastSeq: 1 },
    error: { reason: 'AGENT_FAILED', message: 'The agent failed.' },
  });
  return runId;
}
