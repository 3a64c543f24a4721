import { getErrorReason } from '@parley/client';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import { useEffect } from 'react';
import { reportError } from '../api/api.ts';
import { chatQuery, messagesQuery, refreshMessages } from '../api/message-cache.ts';
import type { Agent, Chat } from '../api/types.ts';
import { useAgents } from '../api/use-agents.ts';
import { ChatMenu } from '../chat-list/chat-menu.tsx';
import { useIsMarkdownReady } from '../markdown/markdown.tsx';
import { ErrorPage } from '../ui/error-page.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { NotFoundPage } from '../ui/not-found-page.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Composer } from './composer.tsx';
import { ConnectionBar } from './connection-bar.tsx';
import { followLiveRun } from './live-run.ts';
import { MessageList } from './message-list.tsx';
import { enqueueMessage, useOutbox } from './outbox.ts';
import { StopProvider } from './use-stop.tsx';

export function ChatPage() {
  const { chatId } = useParams({ from: '/app/c/$chatId' });
  return <Conversation key={chatId} chatId={chatId} />;
}

function Conversation({ chatId }: { chatId: string }) {
  const chatResult = useQuery(chatQuery(chatId));
  const pages = useInfiniteQuery(messagesQuery(chatId));
  const isMarkdownReady = useIsMarkdownReady();
  const outgoing = useOutbox(chatId);
  const { agents } = useAgents();
  const agent = agents?.find(({ id }) => id === chatResult.data?.agentId);

  // Messages are newest first: a streaming answer is on the first page.
  const newest = pages.data?.pages[0]?.items ?? [];
  const runId = newest.find(({ status }) => status === 'streaming')?.runId ?? undefined;
  useEffect(() => (runId === undefined ? undefined : followLiveRun({ chatId, runId })), [chatId, runId]);

  // Loads what other devices have written, each time the tab becomes visible.
  useEffect(() => {
    const refresh = (): void => {
      if (document.visibilityState === 'visible') void refreshMessages(chatId).catch(reportError);
    };
    refresh();
    addEventListener('visibilitychange', refresh);
    addEventListener('focus', refresh);
    return () => {
      removeEventListener('visibilitychange', refresh);
      removeEventListener('focus', refresh);
    };
  }, [chatId]);

  useEffect(() => {
    const { title } = chatResult.data ?? {};
    document.title = title === undefined ? 'Parley' : `${title} · Parley`;
    return () => void (document.title = 'Parley');
  }, [chatResult.data]);

  const error =
    chatResult.data === undefined ? chatResult.error : pages.data === undefined ? pages.error : null;
  if (error !== null) {
    const reason = getErrorReason(error)?.reason;
    if (reason === 'CHAT_NOT_FOUND' || reason === 'INVALID_INPUT') return <NotFoundPage />;
    return (
      <ErrorPage error={error} reset={() => void Promise.all([chatResult.refetch(), pages.refetch()])} />
    );
  }

  const chat = chatResult.data;
  const disabledReason =
    chat === undefined
      ? undefined
      : chat.agentId === null
        ? 'The agent of this chat is deleted. You can still read the chat, or start a new one.'
        : agent?.isActive === false
          ? 'This agent is turned off. Ask an admin of your team to turn it on.'
          : undefined;

  return (
    <StopProvider chatId={chatId} runId={runId}>
      <ChatHeader chat={chat} agent={agent} />
      <main className="flex min-h-0 flex-1 flex-col">
        {pages.data === undefined || !isMarkdownReady ? (
          <MessageListSkeleton />
        ) : (
          <MessageList
            chatId={chatId}
            pages={pages.data.pages}
            outgoing={outgoing}
            agent={agent}
            hasOlder={pages.hasNextPage}
            isLoadingOlder={pages.isFetchingNextPage}
            olderFailed={pages.isFetchNextPageError}
            loadOlder={() => void pages.fetchNextPage()}
          />
        )}
        <ConnectionBar />
        <Composer
          key={chatId}
          draftId={chatId}
          isAnswering={runId !== undefined}
          isBusy={outgoing.some(({ problem }) => problem === undefined)}
          disabledReason={disabledReason}
          placeholder={agent === undefined ? 'Write a message' : `Write to ${agent.name}`}
          onSend={(content) => {
            enqueueMessage({ chatId, content });
            return true;
          }}
        />
      </main>
    </StopProvider>
  );
}

function ChatHeader({ chat, agent }: { chat: Chat | undefined; agent: Agent | undefined }) {
  return (
    <PageHeader
      actions={
        chat === undefined ? null : (
          <ChatMenu
            chat={chat}
            trigger={
              <IconButton label="Chat actions">
                <Ellipsis aria-hidden />
              </IconButton>
            }
          />
        )
      }
    >
      <h1 className="truncate text-sm font-semibold">{chat?.title ?? ' '}</h1>
      {agent === undefined ? null : <p className="truncate text-xs text-muted">{agent.name}</p>}
    </PageHeader>
  );
}

function MessageListSkeleton() {
  return (
    <div role="status" aria-label="Loading conversation" className="min-h-0 flex-1">
      <div className="mx-auto flex w-full max-w-[48rem] animate-pulse-soft flex-col gap-4 px-4 pt-12 md:px-6">
        <div className="ml-auto h-10 w-2/5 rounded-2xl bg-bubble" />
        <div className="h-3.5 w-4/5 rounded bg-hover" />
        <div className="h-3.5 w-3/4 rounded bg-hover" />
        <div className="h-3.5 w-1/2 rounded bg-hover" />
      </div>
    </div>
  );
}
