// GET /api/chats/{chat_id}/runs/{run_id} and .../events: what a client gets, and who gets it.
import { randomUUID } from 'node:crypto';
import type { TestUser } from '@parley/api/testing';
import { EventSource } from 'eventsource';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startRestServer, type RestServer } from '../start-rest-server.ts';
import { addText, readEvents, type ReadEvent } from './read-events.ts';

const MAX_STREAMS = 2;

let rest: RestServer;
let agentId: string;

beforeAll(async () => {
  rest = await startRestServer({ maxStreamsPerUser: MAX_STREAMS });
  const { admin } = rest.team;
  agentId = (await admin.caller.agent.create({ name: 'Agent', webhookUrl: rest.api.webhook.url })).id;
});

afterAll(() => rest[Symbol.asyncDispose]());

beforeEach(() => {
  rest.api.webhook.answerTokens(['Hello', ' from', ' the', ' agent']);
});

interface Run {
  chatId: string;
  runId: string;
  path: string;
}

async function startRun(user: TestUser = rest.team.user, content = 'Hi'): Promise<Run> {
  const { id: chatId } = await user.caller.chat.create({ agentId });
  const { runId } = await user.caller.chat.send({ chatId, messageId: randomUUID(), content });
  return { chatId, runId, path: `/api/chats/${chatId}/runs/${runId}` };
}

/** A run that sends "Working" and then nothing more. */
function startSilentRun(user?: TestUser): Promise<Run> {
  rest.api.webhook.answerTokens(['Working', ' never'], () => new Promise(() => {}));
  return startRun(user);
}

function follow(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
  return fetch(`${rest.url}${path}`, { method, headers: { cookie: rest.team.user.cookie, ...headers } });
}

async function allEvents(path: string, headers?: Record<string, string>): Promise<ReadEvent[]> {
  return Array.fromAsync(readEvents(await follow(path, headers)));
}

function textOf(events: ReadEvent[]): string {
  return events.reduce(addText, '');
}

/** Opens a stream and reads it until the answer has begun. `rest` then reads on to its end. */
async function openStream(response: Response): Promise<{ rest: () => Promise<ReadEvent[]> }> {
  const events = readEvents(response);
  for (let next = await events.next(); next.value?.type !== 'message'; next = await events.next()) {
    if (next.done === true) throw new Error('the stream has ended');
  }
  return { rest: () => Array.fromAsync(events) };
}

describe('the state of a run', () => {
  test('is running with a start, then succeeded with an end', async () => {
    const gate = Promise.withResolvers<void>();
    rest.api.webhook.answerTokens(['Hello', ' again'], () => gate.promise);
    const { path, chatId, runId } = await startRun();
    const before = await rest.send(rest.team.user, 'GET', path);
    expect(before.body).toEqual({
      id: runId,
      chat_id: chatId,
      user_message_id: expect.any(String),
      assistant_message_id: expect.any(String),
      state: 'running',
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      ended_at: null,
      error: null,
    });
    gate.resolve();
    await allEvents(`${path}/events`);
    const after = await rest.send(rest.team.user, 'GET', path);
    expect(after.body).toEqual({
      ...(before.body as object),
      state: 'succeeded',
      ended_at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
  });

  test('has the reason and the message of a failure', async () => {
    rest.api.webhook.answer((response) => void response.writeHead(500).end('out of order'));
    const { path } = await startRun();
    const events = await allEvents(`${path}/events`);
    expect((await rest.send(rest.team.user, 'GET', path)).body).toMatchObject({
      state: 'failed',
      error: { reason: 'AGENT_ERROR', message: events.at(-1)?.data['message'] },
    });
  });
});

describe('the events of a run', () => {
  test('have ids, and the stream says how soon to reconnect', async () => {
    const { path, runId } = await startRun();
    const response = await follow(`${path}/events`);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const text = await response.text();
    expect(text).toMatch(/^retry: \d+\ndata: \{.*\}\nid: .*\n\n/);
    const ids = text.match(/(?<=^id: ).*/gm) ?? [];
    expect(text.match(/^data: /gm)).toHaveLength(ids.length);
    for (const id of ids) expect(id).toMatch(new RegExp(`^${runId}:(\\d+|end)$`));
  });

  test('continue after Last-Event-ID, or after last_event_id where a client cannot set the header', async () => {
    const { path } = await startRun();
    const all = await allEvents(`${path}/events`);
    const [first] = all;
    const id = first?.id ?? '';
    expect(await allEvents(`${path}/events`, { 'last-event-id': id })).toEqual(all.slice(1));
    expect(await allEvents(`${path}/events?last_event_id=${id}`)).toEqual(all.slice(1));
    // An EventSource keeps its URL, and names the newer event in the header.
    const second = all[1]?.id ?? '';
    const both = await allEvents(`${path}/events?last_event_id=${id}`, { 'last-event-id': second });
    expect(both).toEqual(all.slice(2));
  });

  test('that a client has all answer 204', async () => {
    const { path, runId } = await startRun();
    await allEvents(`${path}/events`);
    const response = await follow(`${path}/events`, { 'last-event-id': `${runId}:end` });
    expect([response.status, await response.text()]).toEqual([204, '']);
    expect((await follow(`${path}/events?last_event_id=${runId}:end`)).status).toBe(204);
  });

  test('arrive once each at an EventSource, which stops after the last one', async () => {
    const { path } = await startRun();
    const { cookie } = rest.team.user;
    const statuses: number[] = [];
    const source = new EventSource(`${rest.url}${path}/events`, {
      fetch: async (url, init) => {
        const response = await fetch(url, { ...init, headers: { ...init.headers, cookie } });
        statuses.push(response.status);
        return response;
      },
    });
    const events: ReadEvent[] = [];
    source.addEventListener('message', ({ data, lastEventId: id }) => {
      events.push({ id, ...(JSON.parse(String(data)) as Omit<ReadEvent, 'id'>) });
    });
    await expect.poll(() => source.readyState, { timeout: 10_000 }).toBe(source.CLOSED);
    expect(statuses).toEqual([200, 204]);
    expect(textOf(events)).toBe('Hello from the agent');
    expect(events.filter(({ type }) => type === 'done')).toHaveLength(1);
  });

  test('of a forged or foreign position come from the start, after a reset', async () => {
    const { path, runId } = await startRun();
    const other = await startRun();
    const whole = textOf(await allEvents(`${path}/events`));
    const [place] = await allEvents(`${other.path}/events`);
    const forged = [
      place?.id ?? '',
      `${other.runId}:end`,
      `${runId}:999999999`,
      `${runId}:-1`,
      `${runId}:1e3`,
      `${randomUUID()}:1`,
      'nonsense',
      '0',
      "' or 1=1 --",
    ];
    for (const id of forged) {
      const events = await allEvents(`${path}/events`, { 'last-event-id': id });
      expect(events[0], id).toMatchObject({ type: 'message', data: { reset: true } });
      expect(textOf(events), id).toBe(whole);
      expect(events.at(-1)?.id, id).toBe(`${runId}:end`);
    }
    const long = await follow(`${path}/events`, { 'last-event-id': 'x'.repeat(1_001) });
    expect([long.status, await long.json()]).toMatchObject([400, { reason: 'INVALID_INPUT' }]);
  });

  test('do not contain the steps and the reasoning that the agent hides, nor do resumed ones', async () => {
    const { admin, user } = rest.team;
    const { id: hidingId } = await admin.caller.agent.create({
      name: 'Hiding',
      webhookUrl: rest.api.webhook.url,
      showReasoning: false,
    });
    rest.api.webhook.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"choices":[{"delta":{"reasoning_content":"secret thought"}}]}\n\n');
      response.write('data: {"choices":[{"delta":{"content":"Shown"}}]}\n\n');
      response.end('data: [DONE]\n\n');
    });
    const { id: chatId } = await user.caller.chat.create({ agentId: hidingId });
    const { runId } = await user.caller.chat.send({ chatId, messageId: randomUUID(), content: 'Hi' });
    const path = `/api/chats/${chatId}/runs/${runId}/events`;
    const hidden = await allEvents(path);
    expect(JSON.stringify(hidden)).not.toContain('secret thought');
    expect(textOf(hidden)).toBe('Shown');
    expect(JSON.stringify(await allEvents(path, { 'last-event-id': 'old' }))).not.toContain('secret thought');
    await admin.caller.agent.update({ id: hidingId, showReasoning: true });
    expect(JSON.stringify(await allEvents(path))).toContain('secret thought');
  });

  test('are not sent to HEAD, which opens no stream', async () => {
    const { path } = await startSilentRun();
    const open = await openStream(await follow(`${path}/events`));
    for (let index = 0; index < MAX_STREAMS; index += 1) {
      const head = await follow(`${path}/events`, {}, 'HEAD');
      expect([head.status, await head.text()]).toEqual([200, '']);
    }
    await rest.team.user.caller.chat.stop({ chatId: path.split('/')[3] ?? '' });
    expect((await open.rest()).at(-1)).toMatchObject({ type: 'error', data: { reason: 'RUN_CANCELED' } });
  });
});

describe('access to the events of a run', () => {
  test('an unknown run and a run of another chat answer 404, before a stream begins', async () => {
    const { chatId } = await startRun();
    const { runId: otherRunId } = await startRun();
    for (const runId of [randomUUID(), otherRunId]) {
      for (const end of ['', '/events']) {
        const path = `/api/chats/${chatId}/runs/${runId}${end}`;
        const { status, body } = await rest.send(rest.team.user, 'GET', path);
        expect([status, body], path).toMatchObject([404, { reason: 'RUN_NOT_FOUND' }]);
      }
    }
  });

  test("another user, the team's admin and another team get 404, whatever position they claim", async () => {
    const { path, runId } = await startRun();
    const outsider = (await rest.api.createTeam()).user;
    for (const stranger of [await rest.team.createUser(), rest.team.admin, outsider]) {
      for (const end of ['', '/events', `/events?last_event_id=${runId}:end`]) {
        const { status, body } = await rest.send(stranger, 'GET', `${path}${end}`);
        expect([status, body]).toMatchObject([404, { reason: 'CHAT_NOT_FOUND' }]);
      }
    }
    expect((await rest.send(undefined, 'GET', `${path}/events`)).status).toBe(401);
  });

  test('an API key of the scope `read` follows a run', async () => {
    const { path } = await startRun();
    const { key } = await rest.team.user.createApiKey({ scope: 'read' });
    const response = await fetch(`${rest.url}${path}/events`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(textOf(await Array.fromAsync(readEvents(response)))).toBe('Hello from the agent');
  });

  test('a logout ends an open stream with the reason, in an event without an id', async () => {
    const user = await rest.team.createUser();
    const { path } = await startSilentRun(user);
    const open = await openStream(await follow(`${path}/events`, { cookie: user.cookie }));
    await user.caller.auth.logout();
    expect(await open.rest()).toEqual([
      { type: 'closed', data: { reason: 'SESSION_EXPIRED', message: expect.any(String) } },
    ]);
    expect((await follow(`${path}/events`, { cookie: user.cookie })).status).toBe(401);
  });

  test('a revoked API key ends an open stream with the reason', async () => {
    const user = await rest.team.createUser();
    const { path } = await startSilentRun(user);
    const { id, key } = await user.createApiKey();
    const response = await fetch(`${rest.url}${path}/events`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const open = await openStream(response);
    await user.caller.apiKey.revoke({ id });
    expect(await open.rest()).toMatchObject([{ type: 'closed', data: { reason: 'INVALID_API_KEY' } }]);
  });

  test('one stream too many replaces the oldest, over REST and tRPC alike', async () => {
    const user = await rest.team.createUser();
    const { path } = await startSilentRun(user);
    const open = () => follow(`${path}/events`, { cookie: user.cookie }).then(openStream);
    const [oldest] = [await open(), await open()];
    const newest = await open();
    expect(await oldest.rest()).toMatchObject([{ type: 'closed', data: { reason: 'TOO_MANY_STREAMS' } }]);
    await user.caller.chat.stop({ chatId: path.split('/')[3] ?? '' });
    expect((await newest.rest()).at(-1)?.type).toBe('error');
  });
});
