// Starts the demo agent in a separate process, with a tap in front of it that records the requests and the sent text. At /parts/sse, the
// tap also adds parts to the answer.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request as sendRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { endWithParent } from '@parley/testing';
import type { History } from '../history.ts';
import { createPartsWriter } from './agent-parts.ts';

const main = fileURLToPath(new URL('../../../apps/demo-agent/src/main.ts', import.meta.url));

export interface Flood {
  textOf: (message: string) => string;
  /** Awaited after the first event. */
  begin: Promise<void>;
  /** Awaited before the last quarter. */
  finish: Promise<void>;
}

export interface TappedAgent extends AsyncDisposable {
  /** The origin of the tap. */
  origin: string;
  /** Sets how its webhook `/flood` answers. */
  setFlood: (flood: Flood) => void;
}

export async function startAgent(history: History): Promise<TappedAgent> {
  const child = endWithParent(
    spawn(process.execPath, [main, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  const origin = await originOf(child);
  let flood: Flood | undefined;
  const tap = createServer((request, response) => {
    if (request.url === '/flood') void receiveFlood(request, response, flood, history);
    else void relay(request, response, origin, history);
  });
  tap.listen(0, '127.0.0.1');
  await once(tap, 'listening');
  const address = tap.address();
  if (address === null || typeof address === 'string') throw new Error('The tap does not listen on a port.');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    setFlood: (next) => (flood = next),
    async [Symbol.asyncDispose]() {
      tap.close();
      tap.closeAllConnections();
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

async function originOf(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('The agent was started without a pipe for its output.');
  for await (const line of createInterface(child.stdout)) {
    const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    if (origin !== undefined) return origin;
  }
  throw new Error('The agent did not start.');
}

/** Characters of one event. */
const FLOOD_TOKEN = 1_000;

/** Does not record the sent text: it waits in sockets while the instance has no room for it. */
async function receiveFlood(
  request: IncomingMessage,
  response: ServerResponse,
  flood: Flood | undefined,
  history: History,
): Promise<void> {
  response.on('error', () => undefined);
  const body = Buffer.concat(await request.toArray().catch(() => [])).toString() || '{}';
  const { run_id: runId = 'unknown', chatInput = '' } = JSON.parse(body) as {
    run_id?: string;
    chatInput?: string;
  };
  history.append({ type: 'agent-request', runId });
  if (flood === undefined) response.writeHead(404).end();
  else await writeFlood(response, flood.textOf(chatInput), flood);
}

async function writeFlood(response: ServerResponse, text: string, { begin, finish }: Flood): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let start = 0; start < text.length && !response.destroyed; start += FLOOD_TOKEN) {
    if (start === FLOOD_TOKEN) await begin;
    if (start > text.length * 0.75) await finish;
    const event = `data: ${JSON.stringify({ content: text.slice(start, start + FLOOD_TOKEN) })}\n\n`;
    if (response.write(event)) continue;
    const ready = new AbortController();
    const { signal } = ready;
    await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]);
    ready.abort();
  }
  response.end('data: [DONE]\n\n');
}

async function relay(
  request: IncomingMessage,
  response: ServerResponse,
  origin: string,
  history: History,
): Promise<void> {
  const body = Buffer.concat(await request.toArray().catch(() => []));
  const runId = /"run_id":"([^"]+)"/.exec(body.toString())?.[1] ?? 'unknown';
  history.append({ type: 'agent-request', runId });
  const path = request.url ?? '';
  const addParts = path.startsWith('/parts/') ? createPartsWriter() : undefined;
  const onward = sendRequest(`${origin}${path.replace(/^\/parts\//, '/demo/')}`, {
    method: request.method ?? 'POST',
    headers: { ...request.headers, host: new URL(origin).host },
  });
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    response.flushHeaders();
    const count = createCounter(answer.headers['content-type'] ?? '');
    answer.on('data', (chunk: Buffer) => {
      const chars = count(chunk);
      const withParts = addParts?.(chunk.toString());
      response.write(withParts?.text ?? chunk);
      if (withParts !== undefined) history.append({ type: 'agent-parts', runId, ...withParts.sent });
      // Recorded after the write, so that only text that was sent counts.
      if (chars > 0) history.append({ type: 'agent-text', runId, chars });
    });
    answer.on('end', () => response.end());
    answer.on('error', () => response.destroy());
    answer.on('aborted', () => response.destroy());
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  response.on('error', () => onward.destroy());
  onward.end(body);
}

/**
 * Counts the characters of the answer in an n8n stream or in server-sent events, up to the last character that is not white space:
 * white space belongs to the answer only if more text follows.
 */
function createCounter(contentType: string): (chunk: Buffer) => number {
  const decoder = new TextDecoder();
  const isSse = contentType.startsWith('text/event-stream');
  let rest = '';
  let chars = 0;
  let trailing = 0;
  return (chunk) => {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const content = contentOf(isSse ? line.replace(/^data: /, '') : line);
      const visible = content.trimEnd().length;
      chars += content.length;
      trailing = visible === 0 ? trailing + content.length : content.length - visible;
    }
    return chars - trailing;
  };
}

function contentOf(line: string): string {
  if (!line.startsWith('{')) return '';
  const value: unknown = JSON.parse(line);
  const { content, type } = value as { content?: unknown; type?: unknown };
  return typeof content === 'string' && type !== 'error' ? content : '';
}
