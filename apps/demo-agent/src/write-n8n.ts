// Streams like n8n 2.41, byte for byte: NDJSON declared as `application/json`, one line in each HTTP chunk.
import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import { tokenize, writePaced } from './write-paced.ts';

const AGENT = { nodeId: '3c1f7a52-8a0e-4b7d-9a44-5d2f0f6f1f0e', nodeName: 'AI Agent' };

/** A step takes as long as this many tokens. */
const STEP_TOKENS = 20;

export async function writeN8n(
  response: ServerResponse,
  { text, work, failure }: Answer,
  tokenDelayMs: number,
) {
  response.writeHead(200, {
    'Content-Type': 'application/json; charset=utf-8',
    'Transfer-Encoding': 'chunked',
    'Cache-Control': 'no-cache',
    Connection: 'keep-alive',
    Vary: 'Accept-Encoding',
  });
  if (failure === 'empty') return void response.end();

  if (work !== undefined && !(await writeStep(response, work.tool, tokenDelayMs))) return;
  // A reasoning model thinks in its text, between tags.
  const said = work === undefined ? text : `<think>${work.thought}</think>\n\n${text}`;
  response.write(frame('begin'));
  const isComplete = await writePaced(
    response,
    tokenize(said),
    (token) => frame('item', token),
    tokenDelayMs,
  );
  if (!isComplete || failure === 'hang') return;
  if (failure === 'drop') return response.socket?.destroySoon();
  response.end(failure === 'midway' ? errorFrame() : frame('end'));
}

/** A node that says nothing, such as one that looks something up. */
function writeStep(response: ServerResponse, nodeName: string, tokenDelayMs: number): Promise<boolean> {
  const node = { nodeId: '9d2e6b10-51c8-4f0e-8f5a-6a1d3c7b2e94', nodeName };
  const frames = [frame('begin', undefined, node), frame('end', undefined, node)];
  return writePaced(response, frames, (line) => line, tokenDelayMs * STEP_TOKENS);
}

function frame(type: 'begin' | 'item' | 'end', content?: string, node = AGENT): string {
  const metadata = { ...node, itemIndex: 0, runIndex: 0, timestamp: Date.now() };
  return `${JSON.stringify({ type, content, metadata })}\n`;
}

/** n8n's error frame has no timestamp, and no `end` follows it. */
function errorFrame(): string {
  const content = 'The demo agent failed on purpose, as you asked.';
  return `${JSON.stringify({ type: 'error', content, metadata: { ...AGENT, runIndex: 0, itemIndex: 0 } })}\n`;
}
