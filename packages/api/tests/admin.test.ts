import { errorLogs, newId, usageDays } from '@parley/db';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApi, streamRunEvents, type TestApi, type TestTeam } from '../src/testing/index.ts';
import { startUsageRollups } from '../src/admin/roll-up-usage.ts';
import { reasonOf } from './reason-of.ts';

let api: TestApi;
let team: TestTeam;

beforeAll(async () => {
  api = await createTestApi();
  team = await api.createTeam();
});

afterAll(() => api[Symbol.asyncDispose]());

const DAY_MS = 24 * 60 * 60 * 1000;
const dayOf = (timeMs: number) => new Date(timeMs).toISOString().slice(0, 10);

test('every admin procedure is refused to users and anonymous callers', async () => {
  for (const caller of [team.user.caller, api.anonymous]) {
    for (const call of [
      () => caller.admin.errors(),
      () => caller.admin.audit(),
      () => caller.admin.usage(),
    ]) {
      expect(['ADMIN_REQUIRED', 'NOT_AUTHENTICATED']).toContain(await reasonOf(call()));
    }
  }
});

describe('admin.errors', () => {
  test('admin.errors lists the failures of the own team, newest first, filtered by agent and reason', async () => {
    const other = await api.createTeam();
    const agent = await team.admin.caller.agent.create({ name: 'A', webhookUrl: api.webhook.url });
    const insert = (teamId: string, reason: string, agentId: string | null) =>
      errorLogs.insert(api.db, { teamId, id: newId(), reason, message: 'm', agentId });
    await insert(team.id, 'AGENT_ERROR', agent.id);
    await insert(team.id, 'AGENT_TIMEOUT', agent.id);
    await insert(team.id, 'AGENT_ERROR', null);
    await insert(other.id, 'AGENT_ERROR', null);
    const { errors } = team.admin.caller.admin;
    const first = await errors({ limit: 2 });
    const rest = await errors({ limit: 2, cursor: first.nextCursor });
    expect([...first.items, ...rest.items].map((item) => item.reason)).toEqual([
      'AGENT_ERROR',
      'AGENT_TIMEOUT',
      'AGENT_ERROR',
    ]);
    expect((await errors({ agentId: agent.id })).items).toHaveLength(2);
    expect((await errors({ reason: 'AGENT_TIMEOUT' })).items).toHaveLength(1);
  });
});

describe('admin.audit', () => {
  test('admin.audit lists changes, newest first, filtered by actor, target and action', async () => {
    const own = await api.createTeam();
    const { admin } = own;
    await admin.caller.team.update({ name: 'Renamed' });
    await admin.caller.team.setRole({ userId: own.user.id, role: 'admin' });
    await own.user.caller.team.setActive({ userId: admin.id, isActive: false });

    const { audit } = own.user.caller.admin;
    const all = await audit();
    expect(all.items.map(({ action, actorId, targetId }) => ({ action, actorId, targetId }))).toEqual([
      { action: 'team.setActive', actorId: own.user.id, targetId: admin.id },
      { action: 'team.setRole', actorId: admin.id, targetId: own.user.id },
      { action: 'team.update', actorId: admin.id, targetId: own.id },
    ]);
    expect(all.items[1]?.details).toEqual({ from: 'user', to: 'admin' });
    expect((await audit({ actorId: admin.id })).items).toHaveLength(2);
    expect((await audit({ targetId: own.user.id })).items).toHaveLength(1);
    expect((await audit({ action: 'team.update' })).items).toHaveLength(1);
    const first = await audit({ limit: 2 });
    expect((await audit({ limit: 2, cursor: first.nextCursor })).items).toHaveLength(1);
  });

  test('admin.audit shows no entry of another team', async () => {
    const other = await api.createTeam();
    await other.admin.caller.team.update({ name: 'Theirs' });
    const { items } = await team.admin.caller.admin.audit({ actorId: other.admin.id });
    expect(items).toEqual([]);
  });
});

describe('admin.usage', () => {
  async function ask(caller: TestTeam['user']['caller'], chatId: string): Promise<string> {
    const { runId } = await caller.chat.send({ chatId, messageId: newId(), content: 'Hello' });
    for await (const { data } of streamRunEvents(caller, { chatId, runId })) {
      if (data.type === 'done' || data.type === 'error') break;
    }
    return runId;
  }

  /** Moves a run to another time, which is the beginning of its id. */
  async function moveRun(runId: string, timeMs: number): Promise<void> {
    await api.db.deleteFrom('runEvents').where('runId', '=', runId).execute();
    const hex = timeMs.toString(16).padStart(12, '0');
    await api.db
      .updateTable('runs')
      .set({
        id: `${hex.slice(0, 8)}-${hex.slice(8)}${runId.slice(13)}`,
        createdAt: new Date(timeMs).toISOString(),
        endedAt: new Date(timeMs + 2000).toISOString(),
      })
      .where('id', '=', runId)
      .execute();
  }

  /** Rolls up all closed days as two instances do at once. */
  async function rollUp(teamId: string): Promise<void> {
    const errors: unknown[] = [];
    const onError = (error: unknown) => errors.push(error);
    const instances = Array.from({ length: 2 }, () =>
      startUsageRollups({ db: api.services.db, onError, intervalMs: 5, pauseMs: 0 }),
    );
    const isBehind = async () =>
      (await usageDays.listTeamsBehind(api.services.db, { limit: 100 })).includes(teamId);
    await expect.poll(isBehind, { timeout: 30_000 }).toBe(false);
    await Promise.all(instances.map((instance) => instance.stop()));
    expect(errors).toEqual([]);
  }

  test('admin.usage counts the runs of the own team by day, by agent and by user, before and after its rollup', async () => {
    const own = await api.createTeam();
    const other = await api.createTeam();
    const { webhook } = api;
    webhook.answerTokens(['Hi']);
    const agents: string[] = [];
    for (const [owner, name] of [
      [own, 'Busy'],
      [own, 'Rare'],
      [other, 'Theirs'],
    ] as const) {
      agents.push((await owner.admin.caller.agent.create({ name, webhookUrl: webhook.url })).id);
    }
    const [busy = '', rare = '', theirs = ''] = agents;
    const chatOf = async (owner: TestTeam['user'], agentId: string) =>
      (await owner.caller.chat.create({ agentId })).id;
    const busyChat = await chatOf(own.user, busy);
    const rareChat = await chatOf(own.admin, rare);
    const now = Date.now();
    for (const [caller, chatId, daysAgo] of [
      [own.user.caller, busyChat, 0],
      [own.user.caller, busyChat, 2],
      [own.admin.caller, rareChat, 2],
      [own.user.caller, busyChat, 40],
      [other.user.caller, await chatOf(other.user, theirs), 0],
    ] as const) {
      await moveRun(await ask(caller, chatId), now - daysAgo * DAY_MS);
    }
    const { usage } = own.admin.caller.admin;

    const byDay = await usage();
    expect(byDay.items).toMatchObject([
      { key: dayOf(now), label: null, runs: 1, succeeded: 1, failed: 0, users: 1, chats: 1, averageMs: 2000 },
      { key: dayOf(now - 2 * DAY_MS), runs: 2, succeeded: 2, users: 2, chats: 2 },
    ]);
    const older = await usage({ from: dayOf(now - 50 * DAY_MS), to: dayOf(now - 40 * DAY_MS) });
    expect(older.items).toMatchObject([{ key: dayOf(now - 40 * DAY_MS), runs: 1 }]);

    expect((await usage({ by: 'agent' })).items).toMatchObject([
      { key: busy, label: 'Busy', runs: 2 },
      { key: rare, label: 'Rare', runs: 1 },
    ]);
    for (const day of ['0000-02-29', '1969-12-31', '9999-12-31', '2026-02-30']) {
      await expect(usage({ to: day })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    }
    const first = await usage({ by: 'user', limit: 1 });
    expect(first.items).toMatchObject([{ key: own.user.id, label: own.user.email, runs: 2 }]);
    const second = await usage({ by: 'user', limit: 1, cursor: first.nextCursor });
    expect(second).toMatchObject({ items: [{ key: own.admin.id, runs: 1 }], nextCursor: null });
    expect(await reasonOf(usage({ by: 'day', cursor: first.nextCursor }))).toBe('INVALID_CURSOR');

    const all = () => Promise.all((['day', 'agent', 'user'] as const).map((by) => usage({ by })));
    const counted = await all();
    await rollUp(own.id);
    expect(await all()).toEqual(counted);
    expect(await usage({ from: dayOf(now - 50 * DAY_MS), to: dayOf(now - 40 * DAY_MS) })).toEqual(older);

    await own.admin.caller.agent.delete({ id: rare });
    expect((await usage({ by: 'agent' })).items).toMatchObject([
      { key: busy },
      { key: null, label: null, runs: 1 },
    ]);
  });

  test('admin.usage refuses a range of more than a year, or one that ends before it begins', async () => {
    const { usage } = team.admin.caller.admin;
    for (const span of [
      { from: '2026-01-02', to: '2026-01-01' },
      { from: '2024-01-01', to: '2026-01-01' },
      { from: '2020-01-01' },
      { from: '2026-13-01' },
    ]) {
      await expect(usage(span)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    }
  });
});
