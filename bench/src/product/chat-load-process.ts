// The process of the users, who chat through a Parley server or through the raw relay.
import type { Delays } from '../load/delay-histogram.ts';
import { readUsage, type Progress } from '../measure/usage.ts';
import { serveCommands } from '../processes/serve-commands.ts';
import type { HttpRequest } from '../load/http-request.ts';
import { ANSWER } from './answer.ts';
import { ChatUsers, type Ask } from './chat-users.ts';
import { ParleyClient, type Login } from './parley-client.ts';

const CREATE_AT_ONCE = 20;

let client: ParleyClient | undefined;
let users: ChatUsers | undefined;

function loggedIn(): ParleyClient {
  if (client === undefined) throw new Error('Call login first.');
  return client;
}

function started(): ChatUsers {
  if (users === undefined) throw new Error('Start the users first.');
  return users;
}

function start(port: number, asks: readonly Ask[], spreadMs: number): void {
  users = new ChatUsers({ port, users: asks, spreadMs, tokensAnAnswer: ANSWER.tokens });
  users.start();
}

const commands = {
  async login(login: Login) {
    client = await ParleyClient.login(login);
  },
  createAgent: (webhookUrl: string): Promise<string> =>
    loggedIn().createAgent({ name: 'Benchmark', webhookUrl, config: ANSWER }),
  /** Starts the users, each in a new chat. */
  async startChats({ agentId, count, spreadMs }: { agentId: string; count: number; spreadMs: number }) {
    const parley = loggedIn();
    const chatIds: string[] = [];
    while (chatIds.length < count) {
      const batch = Array.from({ length: Math.min(CREATE_AT_ONCE, count - chatIds.length) }, () =>
        parley.createChat(agentId),
      );
      chatIds.push(...(await Promise.all(batch)));
    }
    const asks = chatIds.map((chatId) => async () => {
      const runId = await parley.send(chatId, 'Tell me something long.');
      return parley.streamRequest(chatId, runId);
    });
    start(parley.port, asks, spreadMs);
  },
  startRelayed({ port, count, spreadMs }: { port: number; count: number; spreadMs: number }) {
    const request: HttpRequest = {
      method: 'POST',
      path: '/',
      body: JSON.stringify({ config: ANSWER }),
    };
    start(
      port,
      Array.from({ length: count }, () => () => Promise.resolve(request)),
      spreadMs,
    );
  },
  stop: () => started().stop(),
  takeTokenDelays: (): Delays => started().tokenDelays.take(),
  takeAskDelays: (): Delays => started().askDelays.take(),
  progress: (): Progress => ({ ...readUsage(), units: started().tokens }),
};

export type ChatLoadCommands = typeof commands;

serveCommands(commands);
