// A call that meets an uncommitted change waits for it, and then goes by what was committed.
import { newId, sends, type DB } from '@parley/db';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { listRestRoutes } from '../../src/rest/rest-routes.ts';
import { appRouter } from '../../src/root.ts';
import type { TestApi } from '../../src/testing/index.ts';
import { reasonOf } from '../reason-of.ts';
import { moves, nameOf } from './moves.ts';
import { createStage, startCluster, type Cluster, type Stage } from './stage.ts';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster(1);
});

afterAll(() => cluster[Symbol.asyncDispose]());

/** Commits the change once the call waits for it. Returns the reason with which the call is refused. */
async function reasonAfter(
  change: (trx: Kysely<DB>) => Promise<unknown>,
  call: () => Promise<unknown>,
): Promise<string> {
  const { db } = cluster.api;
  const trx = await db.startTransaction().execute();
  try {
    await change(trx);
    const reason = reasonOf(call());
    const isWaiting = async (): Promise<void> => {
      const { rows } = await sql`
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
      `.execute(db);
      expect(rows.length).toBe(1);
    };
    // A call may hash a password first.
    await vi.waitFor(isWaiting, { timeout: 20_000 });
    await trx.commit().execute();
    return await reason;
  } finally {
    if (!trx.isCommitted) await trx.rollback().execute();
  }
}

function memberOf(stage: Stage) {
  return cluster.api.callerWith(stage.member);
}

const login = ({ team, member }: Stage) =>
  cluster.api.anonymous.auth.login({ email: member.email, password: member.password, team: team.slug });

const changeUser =
  (stage: Stage, change: { passwordHash?: string; isActive?: boolean }) => (trx: Kysely<DB>) =>
    trx.updateTable('users').set(change).where('id', '=', stage.member.id).execute();

const endSession = (idHash: string) => (trx: Kysely<DB>) =>
  trx.deleteFrom('sessions').where('id', '=', idHash).execute();

test('a send that waits for another send is refused with RUN_ALREADY_ACTIVE', async () => {
  const stage = await createStage(cluster);
  const { team, member, agentId, chatId } = stage;
  const reason = await reasonAfter(
    (trx) =>
      sends.insert(trx, {
        ...{ teamId: team.id, userId: member.id, agentId, chatId, messageId: newId(), content: 'First' },
        ...{ runId: newId(), assistantMessageId: newId(), lastSeq: 2, instanceId: newId(), leaseMs: 60_000 },
      }),
    () => memberOf(stage).chat.send({ chatId, messageId: newId(), content: 'Second' }),
  );
  expect(reason).toBe('RUN_ALREADY_ACTIVE');
});

test('a retry that waits for a send is refused with RUN_NOT_RETRYABLE', async () => {
  const stage = await createStage(cluster);
  const { team, member, agentId, chatId, runId } = stage;
  const reason = await reasonAfter(
    (trx) =>
      sends.insert(trx, {
        ...{ teamId: team.id, userId: member.id, agentId, chatId, messageId: newId(), content: 'First' },
        ...{ runId: newId(), assistantMessageId: newId(), lastSeq: 2, instanceId: newId(), leaseMs: 60_000 },
      }),
    () => memberOf(stage).chat.retry({ chatId, runId }),
  );
  expect(reason).toBe('RUN_NOT_RETRYABLE');
});

test('a login with a password that changes meanwhile is refused, and leaves no session', async () => {
  const stage = await createStage(cluster);
  const reason = await reasonAfter(changeUser(stage, { passwordHash: 'another' }), () => login(stage));
  expect(reason).toBe('INVALID_CREDENTIALS');
  const { items } = await memberOf(stage).auth.sessions();
  expect(items).toHaveLength(2);
});

test('a login to an account that is disabled meanwhile is refused', async () => {
  const stage = await createStage(cluster);
  const reason = await reasonAfter(changeUser(stage, { isActive: false }), () => login(stage));
  expect(reason).toBe('INVALID_CREDENTIALS');
});

test('a password that changes meanwhile is not changed again from the old one', async () => {
  const stage = await createStage(cluster);
  const input = { currentPassword: stage.member.password, newPassword: 'quite another password' };
  const reason = await reasonAfter(changeUser(stage, { passwordHash: 'another' }), () =>
    memberOf(stage).auth.changePassword(input),
  );
  expect(reason).toBe('WRONG_PASSWORD');
});

test('a refresh of a session that ends meanwhile is refused, and sets no cookie', async () => {
  const stage = await createStage(cluster);
  const { idHash, cookie } = stage.otherSession;
  // An extension is due.
  await cluster.api.db
    .updateTable('sessions')
    .set({ expiresAt: sql<string>`now() + interval '1 day'` })
    .where('id', '=', idHash)
    .execute();
  const setCookies: string[] = [];
  const reason = await reasonAfter(endSession(idHash), () =>
    cluster.api.callerWith({ cookie, setCookies }).auth.refresh(),
  );
  expect(reason).toBe('SESSION_EXPIRED');
  expect(setCookies).toEqual([]);
});

test('a session that ends meanwhile creates no API key', async () => {
  const stage = await createStage(cluster);
  const { idHash, cookie } = stage.otherSession;
  const reason = await reasonAfter(endSession(idHash), () =>
    cluster.api
      .callerWith({ cookie })
      .apiKey.create({ name: 'Key', scope: 'chat', password: stage.member.password }),
  );
  expect(reason).toBe('SESSION_EXPIRED');
});

describe('an admin who is demoted meanwhile is refused with ADMIN_REQUIRED:', () => {
  const adminPaths = new Set(
    listRestRoutes(appRouter).flatMap(({ access, procedurePath }) =>
      access === 'admin' ? [procedurePath] : [],
    ),
  );
  const adminMoves = moves
    .filter(({ path }) => adminPaths.has(path))
    .map((move) => ({ move, title: nameOf(move) }));

  test.each(adminMoves)('$title', async ({ move }) => {
    const stage = await createStage(cluster);
    const callerWith: TestApi['callerWith'] = (request) => cluster.api.callerWith(request);
    const reason = await reasonAfter(
      (trx) => trx.updateTable('users').set({ role: 'user' }).where('teamId', '=', stage.team.id).execute(),
      () =>
        move.call({ stage, callerWith, admin: callerWith(stage.admin), member: callerWith(stage.member) }),
    );
    expect(reason).toBe('ADMIN_REQUIRED');
  });
});
