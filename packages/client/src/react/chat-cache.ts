// The chats and their messages in TanStack Query's cache.
import type { QueryClient } from '@tanstack/react-query';
import type { TRPCOptionsProxy } from '@trpc/tanstack-react-query';
import type { AppRouter } from '@parley/api';
import type { Client } from '../create-client.ts';
import type { Chat, Message } from '../router-types.ts';
import { mergeNewest, withMessages } from './merge-newest.ts';
import type { Tabs } from './tabs.ts';

const PAGE_SIZE = 50;

export interface ChatCacheDeps {
  client: Client;
  queryClient: QueryClient;
  trpc: TRPCOptionsProxy<AppRouter>;
  tabs: Tabs;
  reportError: (error: unknown) => void;
}

export class ChatCache {
  readonly #deps: ChatCacheDeps;

  constructor(deps: ChatCacheDeps) {
    this.#deps = deps;
  }

  /**
   * Options of an infinite query: pages of messages, newest first.
   * @internal: TanStack's integration does not export the type, so declarations cannot name it.
   */
  messagesQuery(chatId: string) {
    return this.#deps.trpc.chat.messages.infiniteQueryOptions(
      { chatId, limit: PAGE_SIZE },
      {
        getNextPageParam: ({ nextCursor }) => nextCursor,
        // A refetch would load every page again; refreshMessages loads the newest only.
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        refetchOnMount: false,
        staleTime: Infinity,
      },
    );
  }

  /**
   * Options of a query: the chat itself, without its messages.
   * @internal
   */
  chatQuery(chatId: string) {
    return this.#deps.trpc.chat.get.queryOptions({ id: chatId, includeMessages: false });
  }

  /** Puts a chat that was just created into the cache, so that it opens without a request. */
  addChat(chat: Chat): void {
    const { queryClient } = this.#deps;
    queryClient.setQueryData(this.chatQuery(chat.id).queryKey, { ...chat, messages: [] });
    queryClient.setQueryData(this.messagesQuery(chat.id).queryKey, {
      pages: [{ items: [], nextCursor: null }],
      pageParams: [null],
    });
  }

  /** Loads the newest page again, if the chat's messages are loaded. */
  async refreshMessages(chatId: string): Promise<void> {
    const { client, queryClient } = this.#deps;
    const { queryKey } = this.messagesQuery(chatId);
    if (queryClient.getQueryData(queryKey) === undefined) return;
    const newest = await client.chat.messages.query({ chatId, limit: PAGE_SIZE });
    queryClient.setQueryData(queryKey, (known) => mergeNewest(known, newest));
  }

  putMessages(chatId: string, messages: Message[]): void {
    const { queryKey } = this.messagesQuery(chatId);
    this.#deps.queryClient.setQueryData(queryKey, (known) => withMessages(known, messages));
  }

  findMessage(chatId: string, runId: string): Message | undefined {
    const known = this.#deps.queryClient.getQueryData(this.messagesQuery(chatId).queryKey);
    return known?.pages.flatMap(({ items }) => items).find((message) => message.runId === runId);
  }

  refreshChats(): Promise<void> {
    const { queryClient, trpc } = this.#deps;
    return queryClient.invalidateQueries({ queryKey: trpc.chat.list.pathKey() });
  }

  /** Call after a write to a chat: refreshes the list, whose order has changed, and the other tabs. */
  chatChanged(chatId: string): void {
    void this.refreshChats();
    this.#deps.tabs.broadcast({ type: 'chat', chatId });
  }

  /** Shows what another tab has changed. The returned function stops that. */
  watchTabs(): () => void {
    const { tabs, reportError } = this.#deps;
    return tabs.listen((message) => {
      if (message.type === 'chat') void this.refreshMessages(message.chatId).catch(reportError);
      if (message.type === 'chat' || message.type === 'chats') void this.refreshChats();
    });
  }
}
