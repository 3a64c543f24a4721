// Restarts the instances behind a real proxy one by one, while clients send requests through it.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PASSWORD, startCluster, type RunningCluster } from '../chaos/cluster/start-cluster.ts';
import { createHistory } from '../chaos/history.ts';
import { findProgram } from './support/programs.ts';
import { startProxy, type Proxy } from './support/start-proxy.ts';

const ORIGIN = 'https://chat.example.com';
const CLIENTS = 8;
const PAUSE_MS = 5;

let dir: string;
let cluster: RunningCluster;

beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'parley-deploy-'));
  const history = createHistory(path.join(dir, 'history.jsonl'));
  cluster = await startCluster(
    {
      instances: 2,
      logFile: path.join(dir, 'servers.log'),
      env: { PUBLIC_URL: ORIGIN, TRUSTED_PROXIES: '127.0.0.1,::1' },
    },
    history,
  );
});

afterAll(async () => {
  await cluster[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

interface Response {
  status: number;
  body: string;
  cookies: string[];
}

interface RequestOptions {
  method?: 'GET' | 'POST';
  body?: unknown;
  cookies?: readonly string[];
  /** Receives the parts of the body as they arrive. */
  onData?: (chunk: string) => void;
}

/** A request over a connection from the agent's pool, as a browser makes it. */
async function send(
  { port }: Proxy,
  agent: https.Agent,
  pathname: string,
  { method = 'GET', body, cookies = [], onData }: RequestOptions = {},
): Promise<Response> {
  const request = https.request({
    host: '127.0.0.1',
    port,
    path: pathname,
    method,
    agent,
    servername: 'chat.example.com',
    rejectUnauthorized: false,
    headers: {
      host: 'chat.example.com',
      origin: ORIGIN,
      accept: pathname.endsWith('/messages') ? 'text/event-stream' : 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(cookies.length > 0 && { cookie: cookies.join('; ') }),
    },
  });
  request.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = await once(request, 'response');
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) {
    text += String(chunk);
    onData?.(String(chunk));
  }
  const setCookies: string[] = response.headers['set-cookie'] ?? [];
  return {
    status: response.statusCode,
    body: text,
    cookies: setCookies.map((cookie) => cookie.split(';', 1)[0] ?? ''),
  };
}

async function logIn(proxy: Proxy, agent: https.Agent): Promise<string[]> {
  const { status, body, cookies } = await send(proxy, agent, '/api/auth/login', {
    method: 'POST',
    body: { email: 'admin@ash.example', password: PASSWORD },
  });
  expect(status, body).toBe(200);
  return cookies;
}

describe.each(['nginx', 'caddy'] as const)('behind %s', (name) => {
  const isMissing = findProgram(name) === undefined;

  test.skipIf(isMissing)('a rolling restart of the instances fails no request', async () => {
    await using proxy = await startProxy(
      name,
      cluster.slots.map(({ port }) => port),
    );
    const agent = new https.Agent({ keepAlive: true, maxSockets: CLIENTS });
    const cookies = await logIn(proxy, agent);
    const seen = new Map<string, number>();
    let isOver = false;
    const client = async (): Promise<void> => {
      while (!isOver) {
        const outcome = await send(proxy, agent, '/api/agents', { cookies }).then(
          ({ status }) => String(status),
          (error: unknown) => String(error),
        );
        seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
        await delay(PAUSE_MS);
      }
    };
    const clients = Array.from({ length: CLIENTS }, client);
    for (const slot of cluster.slots) {
      const before = seen.get('200') ?? 0;
      expect(await slot.terminate()).toBe(true);
      await slot.start();
      // Requests went through while the instance restarted.
      expect(seen.get('200') ?? 0).toBeGreaterThan(before);
    }
    isOver = true;
    await Promise.all(clients);
    agent.destroy();
    expect([...seen.keys()]).toEqual(['200']);
    expect(seen.get('200')).toBeGreaterThan(50);
  });

  test.skipIf(isMissing)('an answer arrives as it is generated, not when it is complete', async () => {
    await using proxy = await startProxy(
      name,
      cluster.slots.map(({ port }) => port),
    );
    const agent = new https.Agent({ keepAlive: true });
    const cookies = await logIn(proxy, agent);
    const post = (pathname: string, body: unknown, onData?: (chunk: string) => void) =>
      send(proxy, agent, pathname, { method: 'POST', body, cookies, ...(onData && { onData }) });
    const webhook = await post('/api/agents', {
      name: 'Agent',
      webhook_url: `${cluster.agent.origin}/demo/n8n`,
    });
    expect(webhook.status, webhook.body).toBe(201);
    const { id: agentId } = JSON.parse(webhook.body);
    const chat = await post('/api/chats', { agent_id: agentId });
    const { id: chatId } = JSON.parse(chat.body);
    let chunks = 0;
    const answer = await post(
      `/api/chats/${chatId}/messages`,
      { content: 'echo ' + Array.from({ length: 200 }, (_, i) => `word${i}`).join(' ') },
      () => (chunks += 1),
    );
    agent.destroy();
    expect(answer.body).toContain('"type":"done"');
    expect(chunks).toBeGreaterThan(5);
  });
});
