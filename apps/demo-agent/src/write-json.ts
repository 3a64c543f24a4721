// One JSON value, as n8n answers when streaming is off.
import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';
import { writePaced } from './write-paced.ts';

/** The answer takes the time of this many tokens, however long it is: enough to see Parley wait. */
const DELAY_TOKENS = 10;

export async function writeJson(response: ServerResponse, { text, failure }: Answer, tokenDelayMs: number) {
  if (failure === 'midway') return sendJson(response, 500, { message: 'Error in workflow' });
  if (failure === 'hang') return; // not even headers
  const body = failure === 'empty' ? '' : JSON.stringify({ output: text });
  response.writeHead(200, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    Vary: 'Accept-Encoding',
  });
  if (failure === 'empty') return void response.end();

  const sent = failure === 'drop' ? body.slice(0, body.length / 2) : body;
  const isComplete = await writePaced(response, [sent], (all) => all, tokenDelayMs * DELAY_TOKENS);
  if (!isComplete) return;
  if (failure === 'drop') return response.socket?.destroySoon();
  response.end();
}

/** The whole response at once, with the headers n8n gives to an answer that is not streamed. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    Vary: 'Accept-Encoding',
  });
  response.end(body);
}
