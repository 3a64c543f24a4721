import type { TestApi, TestTeam } from '@parley/api/testing';
import { CookieJar } from 'tough-cookie';
import { createClient, type Client } from '../src/index.ts';
import type { TestServer } from './start-test-server.ts';

export interface TestLogin {
  client: Client;
  team: TestTeam;
  agentId: string;
  chatId: string;
}

/** A user of a new team, logged in over HTTP, with a chat whose agent is the test's webhook. */
export async function logIn(api: TestApi, server: TestServer): Promise<TestLogin> {
  const team = await api.createTeam();
  const { email, password } = team.user;
  const client = createClient({ url: server.url, cookies: new CookieJar() });
  await client.auth.login.mutate({ email, password });
  const { id: agentId } = await team.admin.caller.agent.create({
    name: 'Agent',
    webhookUrl: api.webhook.url,
  });
  const { id: chatId } = await client.chat.create.mutate({ agentId });
  return { client, team, agentId, chatId };
}

/** The text of the saved answer. */
export async function savedAnswer({ client, chatId }: Pick<TestLogin, 'client' | 'chatId'>): Promise<string> {
  const chat = await client.chat.get.query({ id: chatId });
  return chat.messages.at(-1)?.content ?? '';
}
