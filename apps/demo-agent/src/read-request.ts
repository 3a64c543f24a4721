// Reads and checks the parts of Parley's webhook request that the demo agent uses.
import type { IncomingMessage } from 'node:http';
import { RequestError } from './request-error.ts';

const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_TOKEN_DELAY_MS = 1_000;
const MAX_TOKENS = 20_000;

interface Message {
  role: string;
  content: string;
}

export interface DemoRequest {
  /** The user's new message. */
  message: string;
  /** The conversation so far, including `message`. */
  messages: Message[];
  displayName: string | undefined;
  /** From `config.token_delay_ms`. */
  tokenDelayMs: number | undefined;
  /** From `config.tokens`: the number of words of the answer. */
  tokens: number | undefined;
}

/** @throws RequestError that says what to change, or the stream's error if the client disconnects */
export async function readRequest(request: IncomingMessage): Promise<DemoRequest> {
  if (!/\bjson\b/i.test(request.headers['content-type'] ?? '')) {
    throw new RequestError(415, 'The body must be JSON, with the header "Content-Type: application/json".');
  }
  const body = parseObject(await readBody(request));
  const messages = readMessages(body['messages']);
  const chatInput = body['chatInput'];
  if (typeof chatInput === 'string' && messages.length === 0)
    messages.push({ role: 'user', content: chatInput });
  const lastUserMessage = messages.findLast(({ role }) => role === 'user')?.content;

  const config = isObject(body['config']) ? body['config'] : {};
  const user = isObject(body['user']) ? body['user'] : {};
  return {
    message: typeof chatInput === 'string' ? chatInput : (lastUserMessage ?? ''),
    messages,
    displayName: typeof user['display_name'] === 'string' ? user['display_name'] : undefined,
    tokenDelayMs: readTokenDelayMs(config['token_delay_ms']),
    tokens: readTokens(config['tokens']),
  };
}

/**
 * Reads a body past the limit to its end, and drops it: an earlier response would reset the connection of a client that is
 * still sending. The server has such a function too, but the demo agent depends on Node.js alone.
 */
async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (bytes > MAX_BODY_BYTES) throw new RequestError(413, `The body is larger than ${MAX_BODY_BYTES} bytes.`);
  return Buffer.concat(chunks).toString('utf8');
}

/** @throws RequestError with 422, as n8n answers */
function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RequestError(422, 'Failed to parse request body: it is not valid JSON.');
  }
  if (!isObject(value)) throw new RequestError(422, 'The request body must be a JSON object.');
  return value;
}

function readMessages(value: unknown): Message[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new RequestError(422, '"messages" must be an array.');
  return value.map((message: unknown) => {
    if (!isObject(message) || typeof message['role'] !== 'string' || typeof message['content'] !== 'string') {
      throw new RequestError(422, 'Each of "messages" must have a "role" and a "content", both strings.');
    }
    return { role: message['role'], content: message['content'] };
  });
}

// Invalid settings are refused rather than adjusted: a benchmark must run with exactly the numbers that it asks for.

function readTokenDelayMs(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && value >= 0 && value <= MAX_TOKEN_DELAY_MS) return value;
  throw new RequestError(422, `"config.token_delay_ms" must be a number from 0 to ${MAX_TOKEN_DELAY_MS}.`);
}

function readTokens(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_TOKENS) return value;
  throw new RequestError(422, `"config.tokens" must be an integer from 1 to ${MAX_TOKENS}.`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
