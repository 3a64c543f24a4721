// Starts the whole product on one engine: database, server, agent and users, each in a separate process.
import { startWorker, type Worker } from '../processes/start-worker.ts';
import type { AgentCommands } from './agent-process.ts';
import type { AgentFormat } from './answer.ts';
import type { ChatLoadCommands } from './chat-load-process.ts';
import { createDatabase, type Engine } from './databases.ts';
import type { ServerCommands } from './server-process.ts';

const ADMIN = { email: 'admin@example.com', password: 'correct horse battery' };

export interface Product extends AsyncDisposable {
  server: Worker<ServerCommands>;
  users: Worker<ChatLoadCommands>;
  agentIds: Record<AgentFormat, string>;
  /** The URLs of the agent, for requests that bypass the server. */
  agentUrls: Record<AgentFormat, string>;
}

export async function startProduct(engine: Engine): Promise<Product> {
  await using stack = new AsyncDisposableStack();
  const { url: databaseUrl, dataDir } = stack.use(await createDatabase(engine));
  const agent = stack.use(
    startWorker<AgentCommands>({ file: new URL('agent-process.ts', import.meta.url), cores: 'load' }),
  );
  const environment = {
    PORT: '0',
    PARLEY_DATA_DIR: dataDir,
    PARLEY_DEMO_PASSWORD: ADMIN.password,
    LOG_LEVEL: 'error',
    RATE_LIMITS: 'off',
    // One user reads all chats.
    MAX_STREAMS_PER_USER: '100000',
    MAX_RUNS_PER_TEAM: '100000',
    WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  };
  const server = stack.use(
    startWorker<ServerCommands>({
      file: new URL('server-process.ts', import.meta.url),
      cores: 'server',
      args: [JSON.stringify(environment)],
    }),
  );
  const users = stack.use(
    startWorker<ChatLoadCommands>({ file: new URL('chat-load-process.ts', import.meta.url), cores: 'load' }),
  );
  await users.call('login', { url: await server.call('url'), ...ADMIN });
  const agentUrls = { sse: await agent.call('url', 'sse'), n8n: await agent.call('url', 'n8n') };
  const agentIds = {
    sse: await users.call('createAgent', agentUrls.sse),
    n8n: await users.call('createAgent', agentUrls.n8n),
  };
  const started = stack.move();
  return { server, users, agentIds, agentUrls, [Symbol.asyncDispose]: () => started.disposeAsync() };
}
