// The state behind the hooks, for one client: what is loaded, unsent, live and reachable. It also works outside of React.
import type { AppRouter } from '@parley/api';
import { QueryClient } from '@tanstack/react-query';
import { TRPCClientError } from '@trpc/client';
import { createTRPCOptionsProxy, type TRPCOptionsProxy } from '@trpc/tanstack-react-query';
import type { Client } from '../create-client.ts';
import { getErrorReason, isSessionOver } from '../get-error-reason.ts';
import { isTransient, retryDelayMs } from '../retry-transient.ts';
import { titleOf } from '../title-of.ts';
import { ChatCache } from './chat-cache.ts';
import { Connection } from './connection.ts';
import { LiveAnswers } from './live-answers.ts';
import { Outbox, type OutboxStorage } from './outbox.ts';
import { Tabs } from './tabs.ts';

const STALE_MS = 10_000;
/** With the client's delays, 8 s until a query fails. */
const MAX_RETRIES = 5;

/** Defaults for a QueryClient: the retry policy of Parley's client. */
export const queryDefaults = {
  queries: {
    staleTime: STALE_MS,
    retry: (failures: number, error: unknown) => failures < MAX_RETRIES && isTransient(error),
    retryDelay: (failures: number, error: unknown) => retryDelayMs(error, failures + 1),
    // `Connection` asks the server whether it is reachable; the browser only guesses.
    networkMode: 'always',
  },
  mutations: { networkMode: 'always' },
} as const;

export interface ParleyOptions {
  client: Client;
  /** Default: a new one with `queryDefaults`. */
  queryClient?: QueryClient;
  /** Keeps unsent messages over a reload, once `outbox.open(userId)` is called. Default: memory only. */
  storage?: OutboxStorage;
  /** Asks whether the server is reachable; called every 2 s while it is not. Default: any call that Parley answers. */
  probe?: () => Promise<boolean>;
  /** Called when the server reports that the login is over, such as to show the login. */
  onSessionEnd?: () => void;
}

export interface Parley {
  readonly client: Client;
  readonly queryClient: QueryClient;
  /** Options for TanStack Query's hooks: `useQuery(trpc.agent.list.queryOptions({ limit: 20 }))`. */
  readonly trpc: TRPCOptionsProxy<AppRouter>;
  readonly connection: Connection;
  readonly cache: ChatCache;
  readonly outbox: Outbox;
  readonly answers: LiveAnswers;
  readonly tabs: Tabs;
  /**
   * Creates a chat with a first message, which is sent in the background. Returns the chat's id.
   * @throws TRPCClientError AGENT_NOT_FOUND, AGENT_INACTIVE and those of the login; the message is not kept
   */
  startChat(options: { agentId: string; content: string }): Promise<string>;
  /** Updates `connection`, or calls `onSessionEnd`, after a request that failed. Queries and mutations do this themselves. */
  readonly reportError: (error: unknown) => void;
  /** Follows the network, other tabs and failed queries. `ParleyProvider` calls it. The returned function stops that. */
  watch(): () => void;
}

export function createParley(options: ParleyOptions): Parley {
  const { client, queryClient = new QueryClient({ defaultOptions: queryDefaults }) } = options;
  const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient });
  const connection = new Connection(options.probe ?? (() => isAnswered(client)));
  const tabs = new Tabs();
  const cache = new ChatCache({ client, queryClient, trpc, tabs, reportError });
  const outbox = new Outbox({ client, cache, connection, storage: options.storage, reportError });
  const answers = new LiveAnswers({ client, cache, connection, reportError });
  let watchers = 0;
  let stopWatching = (): void => {};

  function reportError(error: unknown): void {
    if (getErrorReason(error) === undefined) connection.reportUnreachable();
    else if (isSessionOver(error)) options.onSessionEnd?.();
  }

  return {
    client,
    queryClient,
    trpc,
    connection,
    cache,
    outbox,
    answers,
    tabs,
    reportError,
    async startChat({ agentId, content }) {
      const chat = await client.chat.create.mutate({ agentId, title: titleOf(content) });
      cache.addChat(chat);
      outbox.enqueue({ chatId: chat.id, content });
      cache.chatChanged(chat.id);
      return chat.id;
    },
    watch() {
      watchers += 1;
      if (watchers === 1) {
        const stops = [connection.watch(), cache.watchTabs(), watchQueries(queryClient, reportError)];
        stopWatching = () => stops.forEach((stop) => stop());
      }
      let isWatching = true;
      return () => {
        if (!isWatching) return;
        isWatching = false;
        watchers -= 1;
        if (watchers === 0) stopWatching();
      };
    },
  };
}

/** The application may have queries of other servers: only the failures of tRPC calls count. */
function watchQueries(queryClient: QueryClient, reportError: (error: unknown) => void): () => void {
  const report = (error: unknown): void => {
    if (error instanceof TRPCClientError) reportError(error);
  };
  const stopQueries = queryClient.getQueryCache().subscribe((event) => {
    if (event.type === 'updated' && event.action.type === 'error') report(event.action.error);
  });
  const stopMutations = queryClient.getMutationCache().subscribe((event) => {
    if (event.type === 'updated' && event.action.type === 'error') report(event.action.error);
  });
  return () => {
    stopQueries();
    stopMutations();
  };
}

async function isAnswered(client: Client): Promise<boolean> {
  return client.auth.me.query().then(
    () => true,
    (error: unknown) => getErrorReason(error) !== undefined,
  );
}
