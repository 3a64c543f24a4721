// Sends requests to the demo agent over real sockets. The helpers return the text, the raw bytes, or an open response.
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { DemoAgent } from '../src/index.ts';

export type Path = '/demo/n8n' | '/demo/sse' | '/demo/json';
export const paths: Path[] = ['/demo/n8n', '/demo/sse', '/demo/json'];

/** A request body as Parley sends it: the conversation's last message is `chatInput`. */
export function conversation(userMessages: string[], extra: object = {}) {
  const messages = userMessages.flatMap((content, index) => [
    ...(index === 0
      ? []
      : [{ role: 'assistant', content: `Answer ${index}`, timestamp: '2026-11-23T03:00:00.000Z' }]),
    { role: 'user', content, timestamp: '2026-11-23T03:00:00.000Z' },
  ]);
  return {
    messages,
    system_prompt: 'You are helpful.',
    config: { token_delay_ms: 0 },
    action: 'sendMessage',
    sessionId: 'chat-1',
    chatInput: userMessages.at(-1),
    user: { id: 'user-1', email: 'ada@example.com', display_name: 'Ada Lovelace', role: 'member' },
    ...extra,
  };
}

export function post(agent: DemoAgent, path: string, body: unknown): Promise<Response> {
  return fetch(agent.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** The text of an answer that succeeds. */
export async function ask(agent: DemoAgent, path: Path, body: unknown): Promise<string> {
  return textOf(path, await (await post(agent, path, body)).text());
}

/** The text of a body in the format of `path`. */
export function textOf(path: Path, body: string): string {
  if (path === '/demo/json') return (JSON.parse(body) as { output: string }).output;
  return (path === '/demo/n8n' ? linesOf(body) : eventsOf(body)).map(({ content }) => content ?? '').join('');
}

export interface N8nLine {
  type: string;
  content?: string;
  metadata: Record<string, unknown>;
}

export function linesOf(body: string): N8nLine[] {
  return body
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as N8nLine);
}

/** The frames of an event stream, without `[DONE]`. */
export function eventsOf(body: string): { content?: string; error?: string }[] {
  return body
    .split('\n\n')
    .filter((frame) => frame.startsWith('data: {'))
    .map((frame) => JSON.parse(frame.slice('data: '.length)) as { content?: string; error?: string });
}

/** All bytes that the agent sends on a new connection, until it closes the connection or has sent `enough`. */
export async function rawAnswer(
  agent: DemoAgent,
  path: string,
  body: unknown,
  enough: string,
): Promise<string> {
  const payload = JSON.stringify(body);
  const socket = connect(agent.port, '127.0.0.1');
  socket.setEncoding('utf8');
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: demo\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(payload)}\r\n\r\n${payload}`,
  );
  let received = '';
  socket.on('data', (data: string) => {
    received += data;
    if (received.includes(enough)) socket.destroy();
  });
  socket.on('error', () => {}); // the agent may close by a reset
  await once(socket, 'close');
  return received;
}

/** Resolves when the headers have arrived. The caller must read the body or destroy the response. */
export async function openResponse(agent: DemoAgent, path: string, body: unknown): Promise<IncomingMessage> {
  const request = httpRequest(agent.url + path, { method: 'POST', agent: false });
  request.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

/** The body up to its end or to a broken connection. */
export async function readUntilBroken(
  response: IncomingMessage,
): Promise<{ body: string; isBroken: boolean }> {
  let body = '';
  response.setEncoding('utf8').on('data', (data: string) => (body += data));
  const isBroken = await once(response, 'end').then(
    () => false,
    () => true,
  );
  return { body, isBroken };
}
