// Streams server-sent events: `data: {"content":"..."}` for each token, then `data: [DONE]`.
import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import { tokenize, writePaced } from './write-paced.ts';

export async function writeSse(response: ServerResponse, { text, failure }: Answer, tokenDelayMs: number) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  response.flushHeaders(); // the first token follows after a delay
  if (failure === 'empty') return void response.end();

  const isComplete = await writePaced(
    response,
    tokenize(text),
    (content) => frame({ content }),
    tokenDelayMs,
  );
  if (!isComplete || failure === 'hang') return;
  if (failure === 'drop') return response.socket?.destroySoon();
  const error = 'The demo agent failed on purpose, as you asked.';
  response.end(failure === 'midway' ? frame({ error }) : 'data: [DONE]\n\n');
}

function frame(data: { content: string } | { error: string }): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
