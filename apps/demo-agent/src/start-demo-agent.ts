// The demo agent's HTTP server: one path for each form of answer, and errors in n8n's words. `answer.ts` has the texts.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { answer, type Answer } from './answer.ts';
import { readRequest } from './read-request.ts';
import { notRegistered, RequestError, wrongMethod } from './request-error.ts';
import { writeFailureStatus } from './write-failure-status.ts';
import { sendJson, writeJson } from './write-json.ts';
import { writeN8n } from './write-n8n.ts';
import { writeSse } from './write-sse.ts';

type WriteAnswer = (response: ServerResponse, answer: Answer, tokenDelayMs: number) => Promise<void>;

const webhooks = new Map<string, WriteAnswer>([
  ['/demo/n8n', writeN8n],
  ['/demo/sse', writeSse],
  ['/demo/json', writeJson],
]);

export interface DemoAgentOptions {
  /** Address to listen on. Default: loopback, since there is no authentication. */
  host?: string;
  /** Default: 0, which means any free port. */
  port?: number;
  /** Time before each token. A request's `config.token_delay_ms` overrides it. Default: 30. */
  tokenDelayMs?: number;
}

export interface DemoAgent extends AsyncDisposable {
  /** Origin without a path, such as `http://127.0.0.1:8010`. */
  url: string;
  port: number;
  /** Cuts off active answers and resolves when all connections are closed. May be called again. */
  close(): Promise<void>;
}

/** Resolves when the agent listens; rejects if it cannot listen, for example with `EADDRINUSE`. */
export async function startDemoAgent({
  host = '127.0.0.1',
  port = 0,
  tokenDelayMs = 30,
}: DemoAgentOptions = {}): Promise<DemoAgent> {
  const server = createServer((request, response) => void handle(request, response, tokenDelayMs));
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('The demo agent does not listen on a port.');

  let closed: Promise<void> | undefined;
  const close = () =>
    (closed ??= new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }));
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    port: address.port,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Never rejects: an error becomes a response, or closes the connection if a response has begun. */
async function handle(request: IncomingMessage, response: ServerResponse, tokenDelayMs: number) {
  const { method = 'GET', url = '/' } = request;
  response.on('error', () => {}); // a write after the client has disconnected; without a listener, it would end the process
  const path = url.replace(/\?.*$/s, '');
  try {
    const writeAnswer = webhooks.get(path);
    if (writeAnswer === undefined) throw notRegistered(method, path, [...webhooks.keys()]);
    if (method !== 'POST') throw wrongMethod(method);

    const demoRequest = await readRequest(request);
    if (response.destroyed) return;
    const given = answer(demoRequest);
    if (typeof given.failure === 'number') return writeFailureStatus(response, given.failure, path);
    await writeAnswer(response, given, demoRequest.tokenDelayMs ?? tokenDelayMs);
  } catch (error) {
    if (response.destroyed) return; // the client disconnected while it was sending
    if (response.headersSent) return response.destroy();
    const { status, body } = RequestError.from(error);
    sendJson(response, status, body);
  }
}
