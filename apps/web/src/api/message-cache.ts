// The query cache of chats and their messages.
import { client, queryClient, reportError, trpc } from './api.ts';
import { broadcast, onBroadcast } from './broadcast.ts';
import { mergeNewest, withMessages } from './merge-newest.ts';
import type { Message } from './types.ts';

const PAGE_SIZE = 50;

export function messagesQuery(chatId: string) {
  return trpc.chat.messages.infiniteQueryOptions(
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

/** The chat itself, without its messages. */
export function chatQuery(chatId: string) {
  return trpc.chat.get.queryOptions({ id: chatId, includeMessages: false });
}

/** Loads the newest page again. */
export async function refreshMessages(chatId: string): Promise<void> {
  const { queryKey } = messagesQuery(chatId);
  if (queryClient.getQueryData(queryKey) === undefined) return;
  const newest = await client.chat.messages.query({ chatId, limit: PAGE_SIZE });
  queryClient.setQueryData(queryKey, (known) => mergeNewest(known, newest));
}

export function putMessages(chatId: string, messages: Message[]): void {
  queryClient.setQueryData(messagesQuery(chatId).queryKey, (known) => withMessages(known, messages));
}

export function findCachedMessage(chatId: string, runId: string): Message | undefined {
  const known = queryClient.getQueryData(messagesQuery(chatId).queryKey);
  return known?.pages.flatMap(({ items }) => items).find((message) => message.runId === runId);
}

export function refreshChats(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: trpc.chat.list.pathKey() });
}

/** Call after a write to a chat: refreshes the list, whose order has changed, and the other tabs. */
export function chatChanged(chatId: string): void {
  void refreshChats();
  broadcast({ type: 'chat', chatId });
}

/** Shows what another tab has changed. */
export function watchTabs(): void {
  onBroadcast((message) => {
    if (message.type === 'chat') void refreshMessages(message.chatId).catch(reportError);
    if (message.type === 'chat' || message.type === 'chats') void refreshChats();
  });
}
