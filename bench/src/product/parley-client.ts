// A minimal client for load on a server: calls over fetch, and the request that opens a stream.
import { z } from 'zod';
import type { HttpRequest } from '../load/http-request.ts';

const answerSchema = z.object({ result: z.object({ data: z.object({ json: z.unknown() }) }) });
const withId = z.object({ id: z.string() });
const sentSchema = z.object({ runId: z.string() });

export interface Login {
  url: string;
  email: string;
  password: string;
}

export class ParleyClient {
  readonly #url: string;
  readonly #cookie: string;

  private constructor(url: string, cookie: string) {
    this.#url = url;
    this.#cookie = cookie;
  }

  static async login({ url, email, password }: Login): Promise<ParleyClient> {
    const { headers } = await post(url, 'auth.login', { email, password });
    const cookie = headers.getSetCookie().map((header) => header.replace(/;.*/, ''));
    return new ParleyClient(url, cookie.join('; '));
  }

  get port(): number {
    return Number(new URL(this.#url).port);
  }

  async createAgent(agent: { name: string; webhookUrl: string; config: unknown }): Promise<string> {
    return withId.parse(await this.#call('agent.create', agent)).id;
  }

  async createChat(agentId: string): Promise<string> {
    return withId.parse(await this.#call('chat.create', { agentId })).id;
  }

  /** @returns the id of the run */
  async send(chatId: string, content: string): Promise<string> {
    const messageId = crypto.randomUUID();
    return sentSchema.parse(await this.#call('chat.send', { chatId, messageId, content })).runId;
  }

  streamRequest(chatId: string, runId: string): HttpRequest {
    const input = encodeURIComponent(JSON.stringify({ json: { chatId, runId } }));
    return {
      method: 'GET',
      path: `/trpc/chat.stream?input=${input}`,
      headers: { cookie: this.#cookie, accept: 'text/event-stream' },
    };
  }

  async #call(procedure: string, input: unknown): Promise<unknown> {
    const response = await post(this.#url, procedure, input, this.#cookie);
    return answerSchema.parse(await response.json()).result.data.json;
  }
}

async function post(url: string, procedure: string, input: unknown, cookie = ''): Promise<Response> {
  const response = await fetch(`${url}/trpc/${procedure}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url, cookie },
    body: JSON.stringify({ json: input }),
  });
  if (!response.ok) throw new Error(`${procedure} was answered: ${await response.text()}`);
  return response;
}
