// An agent whose answers a test writes: the user's message is the key of an answer.
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { Page } from 'playwright-core';

export interface AnsweringAgent extends AsyncDisposable {
  readonly url: string;
  answers: Record<string, Answer>;
}

/** A text is sent as one JSON value; a body is sent as it is. */
type Answer = string | { contentType: string; body: string };

export async function startAnsweringAgent(): Promise<AnsweringAgent> {
  const answers: Record<string, Answer> = {};
  const server = createServer((request, response) => {
    void readJson(request).then((body) => {
      const answer = answers[body.chatInput] ?? 'There is no answer for this.';
      const contentType = typeof answer === 'string' ? 'application/json' : answer.contentType;
      response.setHeader('content-type', contentType);
      response.end(typeof answer === 'string' ? JSON.stringify({ output: answer }) : answer.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    answers,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function readJson(request: IncomingMessage): Promise<{ chatInput: string }> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  return JSON.parse(body) as { chatInput: string };
}

/** As the admin who is logged in. */
export async function createAgent(page: Page, name: string, webhookUrl: string): Promise<void> {
  const status = await page.evaluate(
    async (agent) => {
      const response = await fetch('/api/agents', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(agent),
      });
      return response.status;
    },
    { name, webhook_url: webhookUrl },
  );
  if (status >= 300) throw new Error(`The agent was not created: ${status}`);
}
