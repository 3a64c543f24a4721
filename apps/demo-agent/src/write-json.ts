// Sends one JSON value, as n8n answers without streaming.
import type { ServerResponse } from 'node:http';
import type { Answer, Work } from './answer.ts';
import { writePaced } from './write-paced.ts';

/** An answer of any length takes as long as this many tokens, so that Parley visibly waits. */
const DELAY_TOKENS = 10;

export async function writeJson(
  response: ServerResponse,
  { text, work, failure }: Answer,
  tokenDelayMs: number,
) {
  if (failure === 'midway') return sendJson(response, 500, { message: 'Error in workflow' });
  if (failure === 'hang') return; // not even headers
  const body = failure === 'empty' ? '' : JSON.stringify({ output: text, ...stepsOf(work) });
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

/** As n8n's AI Agent answers with its option "Return Intermediate Steps". */
function stepsOf(work: Work | undefined): object {
  if (work === undefined) return {};
  const { tool, input, output } = work;
  return {
    intermediateSteps: [{ action: { tool, toolInput: input }, observation: JSON.stringify(output) }],
  };
}

/** Sends a whole response with the headers that n8n uses without streaming. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    Vary: 'Accept-Encoding',
  });
  response.end(body);
}
