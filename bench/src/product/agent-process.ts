// The agent of the product's benchmarks. Like the demo agent, it answers with the number and pace of tokens that `config` asks
// for; in addition, each token carries the time at which it was sent.
import { createServer, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { nowUs } from '../measure/clock.ts';
import { listenOnLoopback } from '../processes/listen-on-loopback.ts';
import { serveCommands } from '../processes/serve-commands.ts';
import { formatToken } from '../workload/token-text.ts';
import type { AgentFormat } from './answer.ts';

const bodySchema = z.object({ config: z.object({ tokens: z.number(), token_delay_ms: z.number() }) });
const TICK_MS = 1;

interface Answer {
  response: ServerResponse;
  frame: (token: string) => string;
  end: string;
  tokens: number;
  delayUs: number;
  sent: number;
  nextUs: number;
}

const answers = new Set<Answer>();
setInterval(sendDue, TICK_MS).unref();

const server = createServer((request, response) => {
  void (async () => {
    const { config } = bodySchema.parse(await json(request));
    const delayUs = config.token_delay_ms * 1000;
    const common = { response, tokens: config.tokens, delayUs, sent: 0, nextUs: nowUs() + delayUs };
    const answer: Answer = {
      ...common,
      ...(request.url === '/n8n' ? beginN8n(response) : beginSse(response)),
    };
    answers.add(answer);
    response.once('close', () => answers.delete(answer));
  })().catch(() => response.destroy());
});
const port = await listenOnLoopback(server);

function beginSse(response: ServerResponse): Pick<Answer, 'frame' | 'end'> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  return { frame: (content) => `data: ${JSON.stringify({ content })}\n\n`, end: 'data: [DONE]\n\n' };
}

/** Streams like the AI Agent of n8n 2.41. */
function beginN8n(response: ServerResponse): Pick<Answer, 'frame' | 'end'> {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  const node = { nodeId: '3c1f7a52-8a0e-4b7d-9a44-5d2f0f6f1f0e', nodeName: 'AI Agent' };
  const frame = (type: string, content?: string): string => {
    const metadata = { ...node, itemIndex: 0, runIndex: 0, timestamp: Date.now() };
    return `${JSON.stringify({ type, content, metadata })}\n`;
  };
  response.write(frame('begin'));
  return { frame: (content) => frame('item', content), end: frame('end') };
}

function sendDue(): void {
  for (const answer of answers) {
    const now = nowUs();
    for (; answer.sent < answer.tokens && answer.nextUs <= now; answer.nextUs += answer.delayUs) {
      answer.sent += 1;
      answer.response.write(answer.frame(formatToken(answer.sent, nowUs())));
    }
    if (answer.sent === answer.tokens) {
      answer.response.end(answer.end);
      answers.delete(answer);
    }
  }
}

const commands = {
  /** The URL that answers in a format. */
  url: (format: AgentFormat): string => `http://127.0.0.1:${port}/${format}`,
};

export type AgentCommands = typeof commands;

serveCommands(commands);
