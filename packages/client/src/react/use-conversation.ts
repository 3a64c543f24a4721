import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { RunView } from '../reduce-run-events.ts';
import type { Chat, Message } from '../router-types.ts';
import { useParley } from './parley-provider.tsx';
import type { ConversationMessage } from './types.ts';
import { useRetryAnswer, useRunView, useStopAnswer } from './use-answer.ts';

export interface ConversationOptions {
  chatId: string;
  /**
   * Whether `messages` has the streaming answer as it grows. With `false`, render that answer with `useAnswer`, which
   * re-renders its own component alone: for long conversations. Default: true.
   */
  isLive?: boolean;
}

/**
 * `loading`: the messages are not there yet. `submitted`: a message is on its way. `streaming`: the agent answers.
 * `error`: the chat cannot be loaded (`error`).
 */
export type ConversationStatus = 'loading' | 'ready' | 'submitted' | 'streaming' | 'error';

export interface Conversation {
  chat: Chat | undefined;
  /** Oldest first: the loaded messages, and those on their way to the server. */
  messages: ConversationMessage[];
  status: ConversationStatus;
  /** Why the chat cannot be loaded. */
  error: unknown;
  /** The agent's current activity, such as the node of its workflow. */
  activity: string | null;
  /** The run of the streaming answer. */
  runId: string | undefined;
  /** Sends a message, over lost connections and restarts of the server. Returns the message's id. */
  send: (content: string) => string;
  /** Sends a refused message again. */
  resend: (messageId: string) => void;
  /** Removes an unsent message and returns its text. */
  withdraw: (messageId: string) => string | undefined;
  /** Stops the answer under way. What arrived until then is saved. */
  stop: () => Promise<void>;
  /** Regenerates the last answer, if it failed or was stopped. */
  retry: () => Promise<void>;
  /** Whether there are earlier messages, which `loadOlder` loads. */
  hasOlder: boolean;
  isLoadingOlder: boolean;
  /** Whether the last `loadOlder` failed. */
  hasOlderFailed: boolean;
  loadOlder: () => void;
  /** Loads the chat again after an error. */
  reload: () => void;
}

/**
 * A chat with its messages: loaded, kept up to date with other tabs and devices, and with the answer under way, which
 * is followed again after a reload.
 */
export function useConversation({ chatId, isLive = true }: ConversationOptions): Conversation {
  const { answers, cache, outbox, reportError } = useParley();
  const chatResult = useQuery(cache.chatQuery(chatId));
  const pages = useInfiniteQuery(cache.messagesQuery(chatId));
  const outgoing = useSyncExternalStore(
    outbox.subscribe,
    () => outbox.list(chatId),
    () => outbox.list(chatId),
  );
  const saved = useMemo(
    () => pages.data?.pages.flatMap(({ items }) => items).toReversed() ?? [],
    [pages.data],
  );
  // Messages are newest first: a streaming answer is on the first page.
  const newest = pages.data?.pages[0]?.items ?? [];
  const runId = newest.find(({ status }) => status === 'streaming')?.runId ?? undefined;
  const view = useRunView(isLive ? runId : null);
  const messages = useMemo(() => {
    const ids = new Set(saved.map(({ id }) => id));
    return [...saved, ...outgoing.filter(({ id }) => !ids.has(id))];
  }, [saved, outgoing]);
  const liveMessages = useMemo(
    () => (view === undefined ? messages : messages.map((message) => withView(message, runId, view))),
    [messages, runId, view],
  );
  const stop = useStopAnswer(chatId);
  const retry = useRetryAnswer(chatId);

  useEffect(
    () => (runId === undefined ? undefined : answers.follow({ chatId, runId })),
    [answers, chatId, runId],
  );
  useRefreshWhenVisible(
    useCallback(() => void cache.refreshMessages(chatId).catch(reportError), [cache, chatId, reportError]),
  );

  const error =
    chatResult.data === undefined ? chatResult.error : pages.data === undefined ? pages.error : null;
  return {
    chat: chatResult.data,
    messages: liveMessages,
    status:
      error !== null
        ? 'error'
        : pages.data === undefined
          ? 'loading'
          : runId !== undefined
            ? 'streaming'
            : outgoing.some(({ status }) => status === 'sending')
              ? 'submitted'
              : 'ready',
    error,
    activity: view?.status ?? null,
    runId,
    send: (content) => outbox.enqueue({ chatId, content }),
    resend: (messageId) => outbox.resend(messageId),
    withdraw: (messageId) => outbox.withdraw(messageId),
    stop: async () => void (await stop.mutateAsync()),
    retry: async () => {
      const last = saved.findLast(({ role }) => role === 'assistant');
      if (last?.runId != null) await retry.mutateAsync(last.runId);
    },
    hasOlder: pages.hasNextPage,
    isLoadingOlder: pages.isFetchingNextPage,
    hasOlderFailed: pages.isFetchNextPageError,
    loadOlder: () => void pages.fetchNextPage(),
    reload: () => void Promise.all([chatResult.refetch(), pages.refetch()]),
  };
}

function withView(
  message: ConversationMessage,
  runId: string | undefined,
  view: RunView,
): ConversationMessage {
  if (message.status !== 'streaming' || message.runId !== runId) return message;
  const live: Message = { ...message, content: view.text, parts: [...view.parts] };
  return live;
}

/** Loads what other devices have written, each time the tab becomes visible. */
function useRefreshWhenVisible(load: () => void): void {
  useEffect(() => {
    const refresh = (): void => {
      if (document.visibilityState === 'visible') load();
    };
    refresh();
    addEventListener('visibilitychange', refresh);
    addEventListener('focus', refresh);
    return () => {
      removeEventListener('visibilitychange', refresh);
      removeEventListener('focus', refresh);
    };
  }, [load]);
}
