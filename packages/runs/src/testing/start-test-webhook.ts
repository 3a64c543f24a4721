import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';

export interface TestWebhookRequest {
  headers: IncomingHttpHeaders;
  body: unknown;
}

type Answer = (response: ServerResponse, request: TestWebhookRequest) => void | Promise<void>;

export interface TestWebhook extends AsyncDisposable {
  readonly url: string;
  /** The requests received, oldest first. */
  readonly requests: TestWebhookRequest[];
  /** Sets the handler of all further requests. */
  answer(how: Answer): void;
  /** Breaks all connections, like an agent that dies in the middle of an answer. */
  cutConnections(): void;
  /** Streams these tokens as SSE. A given `gate` is awaited before the second token and before the end. */
  answerTokens(tokens: readonly string[], gate?: () => Promise<void>): void;
}

/** Answers "Hello from the agent" until `answer` is called. */
export async function startTestWebhook(): Promise<TestWebhook> {
  const requests: TestWebhookRequest[] = [];
  let answer: Answer;
  const server = createServer((incoming, response) => {
    void (async () => {
      const request = { headers: incoming.headers, body: await json(incoming) };
      requests.push(request);
      await answer(response, request);
    })().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the test webhook has no port');

  const webhook: TestWebhook = {
    url: `http://127.0.0.1:${address.port}/`,
    requests,
    answer: (how) => (answer = how),
    cutConnections: () => server.closeAllConnections(),
    answerTokens: (tokens, gate) => webhook.answer((response) => streamTokens(response, tokens, gate)),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  webhook.answerTokens(['Hello', ' from', ' the', ' agent']);
  return webhook;
}

async function streamTokens(
  response: ServerResponse,
  tokens: readonly string[],
  gate: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const [index, content] of tokens.entries()) {
    if (index === 1) await gate();
    response.write(`data: ${JSON.stringify({ content })}\n\n`);
  }
  await gate();
  response.end('data: [DONE]\n\n');
}
