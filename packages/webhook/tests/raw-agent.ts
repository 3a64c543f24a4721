// An agent that is a bare TCP server, so that a test controls every byte and every close.

import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { AgentRequest } from '../src/index.ts';

export interface ReceivedRequest {
  head: string;
  body: string;
}

export interface RawAgent extends AsyncDisposable {
  url: string;
  /** The complete requests, in order. */
  requests: ReceivedRequest[];
  connections: number;
  /** Resolves once no connection is open. */
  allClosed(): Promise<void>;
}

/** @param answer called with the socket when a complete request has arrived */
export async function startRawAgent(
  answer: (socket: Socket, request: ReceivedRequest) => void | Promise<void>,
  { host = '127.0.0.1', port: wantedPort = 0 } = {},
): Promise<RawAgent> {
  const open = new Set<Socket>();
  const requests: ReceivedRequest[] = [];
  const server = createServer((socket) => {
    agent.connections++;
    open.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.once('close', () => open.delete(socket));
    void receive(socket).then(async (request) => {
      if (request === undefined) return;
      requests.push(request);
      await answer(socket, request);
    });
  });
  server.listen(wantedPort, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agent: RawAgent = {
    url: `http://${host}:${port}/webhook/chat`,
    requests,
    connections: 0,
    async allClosed() {
      // `once` of node:events would throw at the reset with which some agents end.
      await Promise.all([...open].map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return agent;
}

function receive(socket: Socket): Promise<ReceivedRequest | undefined> {
  let received = Buffer.alloc(0);
  return new Promise((resolve) => {
    socket.once('close', () => resolve(undefined));
    socket.on('data', (data) => {
      received = Buffer.concat([received, data]);
      const headEnd = received.indexOf('\r\n\r\n');
      if (headEnd === -1) return;
      const head = received.toString('latin1', 0, headEnd);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      const body = received.subarray(headEnd + 4);
      if (body.length >= length) resolve({ head, body: body.toString('utf8') });
    });
  });
}

/** The headers of a request, by their names as sent. */
export function headersOf(request: ReceivedRequest | undefined): Record<string, string> {
  const [, ...lines] = request?.head.split('\r\n') ?? [];
  return Object.fromEntries(lines.map((line) => line.split(/: (.*)/, 2)));
}

/** A complete response with a length. */
export function httpAnswer(body: string, contentType = 'application/json', status = '200 OK'): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: ${contentType}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

export const chunkedHead =
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n';

export function chunk(data: string | Uint8Array): Buffer {
  const bytes = Buffer.from(data);
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}

export const lastChunk = '0\r\n\r\n';

export function requestTo(url: string, changes: Partial<AgentRequest> = {}): AgentRequest {
  return {
    protocol: 'webhook',
    url,
    token: null,
    auth: 'bearer',
    authHeader: null,
    signingSecret: null,
    runId: '0192aaaa-0000-7000-8000-000000000001',
    chatId: '0192aaaa-0000-7000-8000-000000000002',
    agentId: '0192aaaa-0000-7000-8000-000000000003',
    messages: [{ role: 'user', content: 'Hello', timestamp: '2026-11-23T03:00:00.000Z' }],
    systemPrompt: null,
    config: {},
    user: {
      id: '0192aaaa-0000-7000-8000-000000000004',
      email: 'ada@example.com',
      displayName: 'Ada',
      role: 'user',
    },
    ...changes,
  };
}
