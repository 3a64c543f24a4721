// What an agent hides reaches no reader of its chats, whatever the role, the credential, the procedure and the transport.
import { randomUUID } from 'node:crypto';
import { appRouter, listRestRoutes } from '@parley/api';
import { streamRunEvents, type TestTeam } from '@parley/api/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { procedurePaths } from '../procedure-paths.ts';
import { startTestServer, type TestServer } from '../start-test-server.ts';
import { callAlone, callInBatch, callOverRest, type Call, type Outcome } from './attempt.ts';
import { fixtures, inputOf, type Access } from './fixtures.ts';
import { accessOfPrincipal, createPrincipal, type Principal, type PrincipalName } from './principals.ts';

const readers = (Object.keys(accessOfPrincipal) as PrincipalName[]).filter((name) => mayCall(name, 'read'));
const routes = new Map(listRestRoutes(appRouter).map((route) => [route.procedurePath, route]));
/** Everything that reads. */
const procedures = (['query', 'subscription'] as const).flatMap((type) =>
  procedurePaths(type).map((path) => ({ path, type })),
);
/** The procedures whose responses have the parts of answers. */
const PATHS_WITH_PARTS = ['chat.export', 'chat.get', 'chat.message', 'chat.messages', 'chat.stream'];

function mayCall(name: PrincipalName, access: Access): boolean {
  return accessOfPrincipal[name].some((allowed) => allowed === access);
}

const sse = (...events: unknown[]) => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
const lines = (...values: unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const frame = (type: string, content?: string) => ({
  ...{ type, content },
  metadata: { nodeId: '1', nodeName: 'the step' },
});

/** Answers with reasoning and with a tool or a step. */
const answers = {
  'server-sent events': sse(
    { type: 'reasoning-delta', id: 'r', delta: 'the thought' },
    { type: 'tool-input-available', toolCallId: 'a', toolName: 'the tool', input: { q: 'the input' } },
    { type: 'tool-output-available', toolCallId: 'a', output: 'the output' },
    { type: 'text-delta', id: 't', delta: 'Good morning.' },
  ),
  'n8n’s lines': lines(
    frame('begin'),
    frame('item', '<think>the thought</think>Good morning.'),
    frame('end'),
  ),
};
const STEPS = /the (?:tool|input|output|step)/;
const THOUGHTS = /the thought/;

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server[Symbol.asyncDispose]());

function answerWith(body: string): void {
  const type = body.startsWith('data:') ? 'text/event-stream' : 'application/json';
  server.api.webhook.answer((response) => void response.writeHead(200, { 'content-type': type }).end(body));
}

/** Asks in the principal's chat, and returns the stream as the principal receives it; empty if it may not send. */
async function ask(principal: Principal, team: TestTeam): Promise<string> {
  const { db } = server.api;
  const { chatId } = principal.own;
  const input = { chatId, messageId: randomUUID(), content: 'Hello' };
  let stream = '';
  if (mayCall(principal.name, 'chat')) {
    const route = routes.get('chat.send');
    if (route === undefined) throw new Error('chat.send has a route');
    stream = (await callOverRest(server.url, route, { input, headers: principal.headers })).body;
    expect(stream).toContain('Good morning.');
  } else {
    const { runId } = await team.admin.caller.chat.send(input);
    await Array.fromAsync(streamRunEvents(team.admin.caller, { chatId, runId }));
  }
  const newest = await db
    .selectFrom('runs')
    .select(['id', 'assistantMessageId'])
    .where('chatId', '=', chatId)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  Object.assign(principal.own, { runId: newest.id, messageId: newest.assistantMessageId });
  return stream;
}

/** The procedures whose responses match, over any transport. */
async function pathsWith(pattern: RegExp, principal: Principal): Promise<string[]> {
  const found = new Set<string>();
  for (const { path, type } of procedures) {
    const fixture = fixtures[path];
    if (fixture === undefined || !mayCall(principal.name, fixture.access)) continue;
    const route = routes.get(path);
    const ways: ((call: Call) => Promise<Outcome>)[] = [(call) => callAlone(server.url, call)];
    if (type === 'query' && !path.startsWith('auth.')) ways.push((call) => callInBatch(server.url, call));
    if (route !== undefined) ways.push((call) => callOverRest(server.url, route, call));
    for (const way of ways) {
      const input = inputOf(fixture, principal.own, principal);
      const { isOk, body } = await way({ path, type, input, headers: principal.headers });
      expect(isOk, body).toBe(true);
      if (pattern.test(body)) found.add(path);
    }
  }
  return [...found].toSorted();
}

const settings = [
  { showSteps: true, showReasoning: true },
  { showSteps: false, showReasoning: true },
  { showSteps: true, showReasoning: false },
  { showSteps: false, showReasoning: false },
];

describe.each(Object.entries(answers))('an answer as %s', (_, body) => {
  test.each(readers)(
    'has for a caller with %s the kinds that its agent shows, and no others',
    async (name) => {
      const team = await server.api.createTeam();
      const principal = await createPrincipal(server.api, team, name);
      answerWith(body);
      for (const shown of settings) {
        await team.admin.caller.agent.update({ id: principal.own.agentId, ...shown });
        const stream = await ask(principal, team);
        if (stream !== '') {
          expect(STEPS.test(stream)).toBe(shown.showSteps);
          expect(THOUGHTS.test(stream)).toBe(shown.showReasoning);
        }
        expect(await pathsWith(STEPS, principal)).toEqual(shown.showSteps ? PATHS_WITH_PARTS : []);
        expect(await pathsWith(THOUGHTS, principal)).toEqual(shown.showReasoning ? PATHS_WITH_PARTS : []);
      }
    },
  );
});
