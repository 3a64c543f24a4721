// Runs examples/python with a real Python against a real server process, through a network that breaks.
import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createClient, type Client } from '@parley/client';
import { createTestDatabase, type TestDatabase } from '@parley/db/testing';
import { CookieJar } from 'tough-cookie';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcess, type ServerProcess } from './start-process.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../../examples/python/ask.py', import.meta.url));
const PASSWORD = 'a demo password';

const hasPython = (() => {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    if (process.env['CI'] !== undefined) throw new Error('There is no python3. CI must install it.');
    console.warn('\n*** The test of examples/python is SKIPPED: there is no python3. ***\n');
    return false;
  }
})();

let database: TestDatabase;
let dir: string;
let server: ServerProcess;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  dir = await mkdtemp(path.join(os.tmpdir(), 'parley-python-'));
  server = await startProcess({
    PARLEY_DATA_DIR: path.join(dir, 'data'),
    PARLEY_DEMO_PASSWORD: PASSWORD,
    ...(database.url === undefined ? {} : { DATABASE_URL: database.url }),
  });
  client = createClient({ url: server.url, cookies: new CookieJar() });
  await client.auth.login.mutate({ email: 'admin@example.com', password: PASSWORD, team: 'demo' });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

/** Forwards connections to the server. `isBad` says of each whether it breaks after 700 bytes of the response. */
async function startNetwork(
  isBad: (connection: number) => boolean,
): Promise<AsyncDisposable & { url: string; connections: number }> {
  const target = new URL(server.url);
  const network = createServer((socket) => {
    const number = (started.connections += 1);
    const upstream = connect(Number(target.port), target.hostname);
    let bytes = 0;
    for (const end of [socket, upstream]) end.on('error', () => {});
    socket.pipe(upstream);
    upstream.on('data', (chunk) => {
      bytes += chunk.length;
      socket.write(chunk);
      if (isBad(number) && bytes > 700) socket.destroy();
    });
    upstream.on('close', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  });
  network.listen(0, '127.0.0.1');
  await once(network, 'listening');
  const { port } = network.address() as AddressInfo;
  const started = {
    url: `http://127.0.0.1:${port}`,
    connections: 0,
    async [Symbol.asyncDispose]() {
      network.close();
      await once(network, 'close');
    },
  };
  return started;
}

test.runIf(hasPython)(
  'ask.py prints the whole answer once, over a network that breaks again and again',
  async () => {
    const { key } = await client.apiKey.create.mutate({ name: 'Python', scope: 'chat', password: PASSWORD });
    // The first two connections list the agents and create the chat.
    await using network = await startNetwork((connection) => connection > 2 && connection < 8);
    const env = { ...process.env, PARLEY_URL: network.url, PARLEY_API_KEY: key };
    const { stdout } = await run('python3', [script, 'long'], { env });

    expect(network.connections).toBeGreaterThanOrEqual(8);
    const [chat] = (await client.chat.list.query()).items;
    const { messages } = await client.chat.get.query({ id: chat?.id ?? '' });
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
    expect(stdout.trim()).toBe(messages[1]?.content.trim());
  },
);

test.runIf(hasPython)('ask.py says why the server refuses it', async () => {
  const env = { ...process.env, PARLEY_URL: server.url, PARLEY_API_KEY: 'parley_wrong' };
  await expect(run('python3', [script, 'Hello'], { env })).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^INVALID_API_KEY: /),
  });
});
