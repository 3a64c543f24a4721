// Streams like n8n 2.41, byte for byte: NDJSON declared as `application/json`, one line in each HTTP chunk.
import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import { tokenize, writePaced } from './write-paced.ts';

const NODE = { nodeId: '3c1f7a52-8a0e-4b7d-9a44-5d2f0f6f1f0e', nodeName: 'AI Agent' };

export async function writeN8n(response: ServerResponse, { text, failure }: Answer, tokenDelayMs: number) {
  response.writeHead(200, {
    'Content-Type': 'application/json; charset=utf-8',
    'Transfer-Encoding': 'chunked',
    'Cache-Control': 'no-cache',
    Connection: 'keep-alive',
    Vary: 'Accept-Encoding',
  });
  if (failure === 'empty') return void response.end();

  response.write(frame('begin'));
  const isComplete = await writePaced(
    response,
    tokenize(text),
    (token) => frame('item', token),
    tokenDelayMs,
  );
  if (!isComplete || failure === 'hang') return;
  if (failure === 'drop') return response.socket?.destroySoon();
  response.end(failure === 'midway' ? errorFrame() : frame('end'));
}

function frame(type: 'begin' | 'item' | 'end', content?: string): string {
  const metadata = { ...NODE, itemIndex: 0, runIndex: 0, timestamp: Date.now() };
  return `${JSON.stringify({ type, content, metadata })}\n`;
}

/** n8n's error frame has no timestamp, and no `end` follows it. */
function errorFrame(): string {
  const content = 'The demo agent failed on purpose, as you asked.';
  return `${JSON.stringify({ type: 'error', content, metadata: { ...NODE, runIndex: 0, itemIndex: 0 } })}\n`;
}
