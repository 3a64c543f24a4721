// The packed client in the runtimes that programs run it in.
import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { build } from 'rolldown';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { findNode } from './support/find-node.ts';
import { installPacked, type Project } from './support/project.ts';
import { startServer } from './support/start-server.ts';

const { url, apiKey } = inject('server');
const env = { PARLEY_URL: url, PARLEY_API_KEY: apiKey };

/** A function `ask(options)` for programs: the text of an answer. */
const asking = `
import { createClient, getErrorReason, sendMessage } from '@parley/client';
export { createClient, getErrorReason };
export async function ask(options) {
  const client = createClient(options);
  const [agent] = (await client.agent.list.query()).items;
  const chat = await client.chat.create.mutate({ agentId: agent.id });
  let text = '';
  for await (const event of sendMessage(client, { chatId: chat.id, content: 'echo over the wire' })) {
    if (event.type === 'message') text += event.data.content;
  }
  return text;
}
`;
const options = `{ url: process.env.PARLEY_URL, apiKey: process.env.PARLEY_API_KEY }`;

let project: Project;
let node20: string;

beforeAll(async () => {
  [project, node20] = await Promise.all([
    installPacked({ '@parley/client': '*', eventsource: '*' }),
    findNode(20),
  ]);
  await project.write('ask.js', asking);
});

afterAll(() => project[Symbol.asyncDispose]());

/** Runs a module on Node 20 and returns what it printed. */
async function run(name: string, code: string, runEnv: Record<string, string> = env): Promise<string> {
  await project.write(name, code);
  const { code: exitCode, text } = await project.run(`./${name}`, [], { env: runEnv, node: node20 });
  expect(exitCode, text).toBe(0);
  return text;
}

test('the client installs on Node 20 without a warning about its version, and the programs below run on it', async () => {
  const onNode20 = { PATH: `${path.dirname(node20)}${path.delimiter}${process.env['PATH']}` };
  expect(execFileSync('node', ['--version'], { env: onNode20, encoding: 'utf8' })).toMatch(/^v20\./);
  const installed = await installPacked({ '@parley/client': '*' }, onNode20);
  await installed[Symbol.asyncDispose]();
});

test('every request goes through a given fetch, streams included, and one that fails is repeated', async () => {
  const printed = await run(
    'own-fetch.js',
    `import { ask } from './ask.js';
const paths = [];
const fetchAndNote = (url, init) => {
  paths.push(new URL(url).pathname);
  if (paths.length === 3) return Promise.reject(new Error('no connection'));
  return fetch(url, init);
};
const text = await ask({ ...${options}, fetch: fetchAndNote });
console.log(JSON.stringify({ text, paths }));`,
  );
  const { text, paths } = JSON.parse(printed);
  expect(text).toContain('over the wire');
  const names = ['agent.list', 'chat.create', 'chat.send', 'chat.send', 'chat.stream'];
  expect(paths).toEqual(names.map((name) => `/trpc/${name}`));
});

test('a given EventSource reads the stream, with the client’s credentials', async () => {
  const printed = await run(
    'own-event-source.js',
    `import { EventSource } from 'eventsource';
import { ask } from './ask.js';
let opened = 0;
class Counted extends EventSource {
  constructor(url, init) {
    super(url, init);
    opened += 1;
  }
}
const text = await ask({ ...${options}, EventSource: Counted });
console.log(JSON.stringify({ text, opened }));`,
  );
  expect(JSON.parse(printed)).toEqual({ text: expect.stringContaining('over the wire'), opened: 1 });
});

test('a worker streams an answer', async () => {
  await project.write(
    'worker.js',
    `import { parentPort } from 'node:worker_threads';
import { ask } from './ask.js';
parentPort.postMessage(await ask(${options}));`,
  );
  const printed = await run(
    'start-worker.js',
    `import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
const worker = new Worker(new URL('./worker.js', import.meta.url));
const [text] = await once(worker, 'message');
console.log(text);`,
  );
  expect(printed).toContain('over the wire');
});

test('an edge runtime streams: web APIs alone, and a fetch that throws on what Cloudflare’s does', async () => {
  const bundle = await bundleForEdge();
  const context = createContext({ ...webApis, ...cloudflare, console });
  const text: unknown = await runInContext(
    `${bundle}\nedge.ask(${JSON.stringify({ url, apiKey })})`,
    context,
  );
  expect(text).toContain('over the wire');
});

async function bundleForEdge(): Promise<string> {
  const file = path.join(project.dir, 'edge.js');
  await build({
    cwd: project.dir,
    input: 'ask.js',
    platform: 'browser',
    output: { file, format: 'iife', name: 'edge', codeSplitting: false },
  });
  return readFile(file, 'utf8');
}

// What the WinterTC's minimum common API has of what the client could use; Node's own globals are missing.
const webApis = {
  ...{
    AbortController,
    AbortSignal,
    Blob,
    DOMException,
    Event,
    EventTarget,
    FormData,
    Headers,
    MessageEvent,
  },
  ...{ ReadableStream, Response, TextDecoder, TextEncoder, TransformStream, URL, URLSearchParams },
  ...{ clearInterval, clearTimeout, crypto, queueMicrotask, setInterval, setTimeout, structuredClone },
};

const cloudflare = {
  Request: class {
    readonly url = '';
  },
  fetch(input: string, init: RequestInit = {}) {
    for (const field of ['credentials', 'mode']) {
      if (field in init)
        throw new Error(`The '${field}' field on 'RequestInitializerDict' is not implemented.`);
    }
    return fetch(input, init);
  },
};

test('an error has its reason, the time to wait and the id of the request in the server’s log', async () => {
  await using limited = await startServer({ RATE_LIMITS: 'memory', RATE_LIMIT_LOGIN: '1' });
  const printed = await run(
    'errors.js',
    `import { createClient, getErrorReason } from './ask.js';
const ids = [];
const client = createClient({
  url: process.env.PARLEY_URL,
  fetch: async (url, init) => {
    const response = await fetch(url, init);
    ids.push(response.headers.get('x-request-id'));
    return response;
  },
});
const details = [];
for (let attempt = 0; attempt < 3; attempt += 1) {
  await client.auth.login.mutate({ email: 'a@example.com', password: 'wrong' }).catch((error) => details.push(getErrorReason(error)));
}
console.log(JSON.stringify({ details, ids }));`,
    { PARLEY_URL: limited.url },
  );
  const { details, ids } = JSON.parse(printed);
  expect(details[0]).toEqual({ reason: 'INVALID_CREDENTIALS', requestId: ids[0] });
  const refused = details.findIndex(({ reason }: { reason: string }) => reason === 'RATE_LIMITED');
  expect(details[refused]).toEqual({
    reason: 'RATE_LIMITED',
    retryAfterSeconds: expect.any(Number),
    requestId: ids[refused],
  });
  expect(ids[refused]).toMatch(/^\S{8,}$/);
});
