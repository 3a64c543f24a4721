// Several readers of an agent's stream, from one that ignores the bytes to @parley/webhook.
import { Writable } from 'node:stream';
import { AllowedHosts, callAgent, type AgentRequest } from '@parley/webhook';
import { ofetch } from 'ofetch';
import { Agent, request as undiciRequest, stream as undiciStream } from 'undici';

export interface AgentCall {
  url: string;
  config: { tokens: number; token_delay_ms: number };
}

/** Reads one stream to its end and returns the number of characters of its text; NaN if it does not parse the stream. */
export type Reader = (call: AgentCall) => Promise<number>;

/** The name of a reader says how much it parses. */
export const readers = {
  'undici.stream, bytes': readBytes,
  'undici.request, split by hand': readSplit,
  'ofetch, split by hand': readFetched,
  '@parley/webhook': readAgent,
} satisfies Record<string, Reader>;

export type ReaderName = keyof typeof readers;

const dispatcher = new Agent({ pipelining: 1 });
const allowedHosts = new AllowedHosts(['127.0.0.1']);
const headers = { 'content-type': 'application/json' };

async function readBytes({ url, config }: AgentCall): Promise<number> {
  const options = { method: 'POST', headers, body: JSON.stringify({ config }), dispatcher } as const;
  const ignore = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  await undiciStream(url, options, ignore);
  return Number.NaN;
}

async function readSplit({ url, config }: AgentCall): Promise<number> {
  const options = { method: 'POST', headers, body: JSON.stringify({ config }), dispatcher } as const;
  const { body } = await undiciRequest(url, options);
  const text = new SplitText();
  for await (const chunk of body) if (chunk instanceof Uint8Array) text.push(chunk);
  return text.chars;
}

async function readFetched({ url, config }: AgentCall): Promise<number> {
  const response = await ofetch.raw(url, {
    method: 'POST',
    body: { config },
    responseType: 'stream',
    retry: false,
  });
  const reader = response.body?.getReader();
  const text = new SplitText();
  for (;;) {
    const read = await reader?.read();
    if (read?.value === undefined) return text.chars;
    text.push(read.value);
  }
}

async function readAgent({ url, config }: AgentCall): Promise<number> {
  const request: AgentRequest = {
    protocol: 'webhook',
    url,
    token: null,
    auth: 'bearer',
    authHeader: null,
    signingSecret: null,
    runId: crypto.randomUUID(),
    chatId: crypto.randomUUID(),
    agentId: crypto.randomUUID(),
    messages: [{ role: 'user', content: 'Hello', timestamp: new Date().toISOString() }],
    systemPrompt: null,
    config,
    user: { id: crypto.randomUUID(), email: 'a@example.com', displayName: 'A', role: 'user' },
  };
  let chars = 0;
  for await (const event of callAgent(request, { allowedHosts })) {
    if (event.type === 'text') chars += event.content.length;
  }
  return chars;
}

/** The minimal parser of the text: it expects the known format and does not check for errors. */
class SplitText {
  chars = 0;
  readonly #decoder = new TextDecoder();
  #rest = '';

  push(bytes: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const json = line.startsWith('data: ') ? line.slice('data: '.length) : line;
      if (!json.startsWith('{')) continue;
      const { content }: { content?: string } = JSON.parse(json);
      this.chars += content?.length ?? 0;
    }
  }
}
