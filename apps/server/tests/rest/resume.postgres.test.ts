// Two instances on one Postgres: a stream that breaks at any event continues on the other one.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startRestServer, type RestServer } from '../start-rest-server.ts';
import { addText, readEvents, type ReadEvent } from './read-events.ts';

const run = promisify(execFile);

const TOKENS = Array.from({ length: 30 }, (_, index) => `${index === 0 ? '' : ' '}word${index}`);
const TOKEN_MS = 20;
const CURL_TIMED_OUT = 28;

let here: RestServer;
let elsewhere: AsyncDisposable & { url: string };
let agentId: string;

beforeAll(async () => {
  here = await startRestServer();
  elsewhere = await here.startInstance();
  const { admin } = here.team;
  agentId = (await admin.caller.agent.create({ name: 'Agent', webhookUrl: here.api.webhook.url })).id;
});

beforeEach(() => {
  here.api.webhook.answer(async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const content of TOKENS) {
      response.write(`data: ${JSON.stringify({ content })}\n\n`);
      await delay(TOKEN_MS);
    }
    response.end('data: [DONE]\n\n');
  });
});

afterAll(async () => {
  await elsewhere[Symbol.asyncDispose]();
  await here[Symbol.asyncDispose]();
});

/** Starts a run on the first instance. */
async function startRun(): Promise<{ chatId: string; path: string }> {
  const { caller } = here.team.user;
  const { id: chatId } = await caller.chat.create({ agentId });
  const { runId } = await caller.chat.send({ chatId, messageId: randomUUID(), content: 'Hi' });
  return { chatId, path: `/api/chats/${chatId}/runs/${runId}/events` };
}

async function savedText(chatId: string): Promise<string | undefined> {
  return (await here.team.user.caller.chat.get({ id: chatId })).messages[1]?.content;
}

function follow(url: string, lastEventId: string | undefined): Promise<Response> {
  const resume: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  return fetch(url, { headers: { cookie: here.team.user.cookie, ...resume } });
}

/** Reads one event from each connection, and resumes on the other instance each time. */
async function walk(path: string, onOpen: (opened: number) => void = () => {}): Promise<ReadEvent[]> {
  const got: ReadEvent[] = [];
  while (got.at(-1)?.type !== 'done') {
    // Each connection brings one event, so a walk that turns in circles would not end.
    expect(got.length).toBeLessThan(3 * TOKENS.length);
    const { url } = got.length % 2 === 0 ? here : elsewhere;
    const response = await follow(`${url}${path}`, got.at(-1)?.id);
    expect(response.status).toBe(200);
    onOpen(got.length);
    for await (const event of readEvents(response)) {
      got.push(event);
      break;
    }
  }
  return got;
}

test('a client whose connection breaks after every event, and that resumes on the other instance each time, gets each event once', async () => {
  let permits = 0;
  let wake: () => void = () => {};
  const permit = async (): Promise<void> => {
    while (permits === 0) await new Promise<void>((resolve) => (wake = resolve));
    permits -= 1;
  };
  here.api.webhook.answer(async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const content of TOKENS) {
      await permit();
      response.write(`data: ${JSON.stringify({ content })}\n\n`);
    }
    await permit();
    response.end('data: [DONE]\n\n');
  });
  const { chatId, path } = await startRun();
  // The first event, a status, needs no permit.
  const got = await walk(path, (opened) => {
    if (opened > 0) permits += 1;
    wake();
  });
  expect(got.map(({ type }) => type)).toEqual(['status', ...TOKENS.map(() => 'message'), 'done']);
  expect(new Set(got.map(({ id }) => id)).size).toBe(got.length);
  expect(got.filter(({ data }) => data['reset'] === true)).toEqual([]);
  expect(got.reduce(addText, '')).toBe(TOKENS.join(''));
  expect(await savedText(chatId)).toBe(TOKENS.join(''));
  expect((await follow(`${elsewhere.url}${path}`, got.at(-1)?.id)).status).toBe(204);
});

test('a client that falls behind the end of the run, and changes the instance with every event, ends with the whole text', async () => {
  here.api.webhook.answerTokens(TOKENS);
  const { chatId, path } = await startRun();
  const got = await walk(path);
  expect(got.reduce(addText, '')).toBe(TOKENS.join(''));
  expect(await savedText(chatId)).toBe(TOKENS.join(''));
});

test('the stream of a sent message breaks, and curl resumes it on the other instance', async () => {
  const { cookie, caller } = here.team.user;
  const { id: chatId } = await caller.chat.create({ agentId });
  const sent = await fetch(`${here.url}/api/chats/${chatId}/messages`, {
    method: 'POST',
    headers: { cookie, accept: 'text/event-stream', 'content-type': 'application/json' },
    body: JSON.stringify({ content: 'Hi' }),
  });
  const got: ReadEvent[] = [];
  for await (const event of readEvents(sent)) {
    got.push(event);
    if (got.length === 5) break;
  }
  const path = sent.headers.get('content-location') ?? '';
  const curl = async (url: string, ...options: string[]): Promise<string> => {
    const id = `Last-Event-ID: ${got.at(-1)?.id}`;
    const command = ['-sSN', '--fail', '-b', cookie, '-H', id, ...options, `${url}${path}`];
    const { stdout } = await run('curl', command).catch((error: { code: number; stdout: string }) => {
      expect(error.code).toBe(CURL_TIMED_OUT);
      return error;
    });
    return stdout;
  };
  const read = async (text: string): Promise<void> => {
    for await (const event of readEvents(new Response(text))) got.push(event);
  };
  await read(await curl(elsewhere.url, '--max-time', '0.15'));
  await read(await curl(here.url));
  expect(got.map(({ type }) => type).filter((type) => type !== 'message')).toEqual(['status', 'done']);
  expect(got.filter(({ data }) => data['reset'] === true)).toEqual([]);
  expect(got.reduce(addText, '')).toBe(TOKENS.join(''));
});

test('an instance that shuts down ends its event streams, and their clients continue on the other one', async () => {
  const closing = new AbortController();
  await using leaving = await here.startInstance({ closeStreams: closing.signal });
  const { path } = await startRun();
  const got: ReadEvent[] = [];
  for await (const event of readEvents(await follow(`${leaving.url}${path}`, undefined))) {
    got.push(event);
    if (got.length === 3) closing.abort();
  }
  expect(got.at(-1)?.type).toBe('message');
  for await (const event of readEvents(await follow(`${here.url}${path}`, got.at(-1)?.id))) got.push(event);
  expect(got.filter(({ data }) => data['reset'] === true)).toEqual([]);
  expect(got.reduce(addText, '')).toBe(TOKENS.join(''));
});
