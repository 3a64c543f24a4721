// The memory cost of thousands of idle streams, with everything that a stream has in production: the edge, a login, the
// limit on streams, and a socket.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { newId } from '@parley/db';
import { expect, test } from 'vitest';
import { startTestServer, type TestServer } from './start-test-server.ts';

const STREAMS = process.env['CI'] === undefined ? 1_000 : 5_000;
const AT_ONCE = 100;
/** For both ends, which share this process. Measured: 16. */
const MAX_KB_PER_STREAM = 40;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapKb(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1_024;
}

interface IdleStream {
  socket: Socket;
  /** The last 500 characters received. */
  tail: string;
}

async function openStream({ port }: TestServer, cookie: string, path: string): Promise<IdleStream> {
  const socket = connect(port, '127.0.0.1');
  const stream: IdleStream = { socket, tail: '' };
  socket.on('error', () => {});
  await once(socket, 'connect');
  const begun = Promise.withResolvers<void>();
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    stream.tail = (stream.tail + chunk).slice(-500);
    if (stream.tail.includes('"waiting"')) begun.resolve();
  });
  socket.on('close', () => begun.reject(new Error(`the stream was closed: ${stream.tail}`)));
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`);
  await begun.promise;
  return stream;
}

test(`${STREAMS} idle streams cost less than ${MAX_KB_PER_STREAM} KB each, free it on close, and receive the end of the answer`, async () => {
  await using server = await startTestServer({ maxStreamsPerUser: 2 * STREAMS });
  const { api } = server;
  const team = await api.createTeam();
  const { chat, agent } = team.admin.caller;
  const { id: agentId } = await agent.create({ name: 'Agent', webhookUrl: api.webhook.url });
  const startRun = async () => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
    let next = 0;
    api.webhook.answerTokens(['waiting', ' over'], () => gates[next++]?.promise ?? Promise.resolve());
    const { id: chatId } = await chat.create({ agentId });
    const { runId } = await chat.send({ chatId, messageId: newId(), content: 'Hi' });
    const end = (): void => gates.forEach(({ resolve }) => resolve());
    const input = encodeURIComponent(JSON.stringify({ json: { chatId, runId } }));
    return { end, path: `/trpc/chat.stream?input=${input}` };
  };
  const open = async (count: number, path: string): Promise<IdleStream[]> => {
    const streams: IdleStream[] = [];
    while (streams.length < count) {
      const batch = Array.from({ length: AT_ONCE }, () => openStream(server, team.admin.cookie, path));
      streams.push(...(await Promise.all(batch)));
    }
    return streams;
  };

  // The first streams also pay for compiled code, caches and pools: do not measure them.
  const first = await startRun();
  const warm = await open(200, first.path);
  first.end();
  await expect.poll(() => warm.every(({ tail }) => tail.includes('event: return'))).toBe(true);
  for (const { socket } of warm) socket.destroy();
  warm.length = 0;

  const run = await startRun();
  const beforeKb = heapKb();
  const streams = await open(STREAMS, run.path);
  expect((heapKb() - beforeKb) / STREAMS).toBeLessThan(MAX_KB_PER_STREAM);

  // Half of the streams leave; each of the others receives the rest of the answer.
  const leaving = streams.splice(STREAMS / 2);
  for (const { socket } of leaving) socket.destroy();
  run.end();
  const hasAll = ({ tail }: IdleStream): boolean => tail.includes(' over') && tail.includes('event: return');
  await expect.poll(() => streams.every(hasAll), { timeout: 20_000 }).toBe(true);
  for (const { socket } of streams) socket.destroy();
  streams.length = 0;
  leaving.length = 0;
  await expect.poll(() => (heapKb() - beforeKb) / STREAMS, { timeout: 20_000 }).toBeLessThan(5);
}, 180_000);
