import { getErrorReason } from '@parley/client';
import { useConversation } from '@parley/client/react';
import { useParams } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import { useEffect } from 'react';
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
import { MessageList } from './message-list.tsx';
import { StopProvider } from './use-stop.tsx';

export function ChatPage() {
  const { chatId } = useParams({ from: '/app/c/$chatId' });
  return <Conversation key={chatId} chatId={chatId} />;
}

function Conversation({ chatId }: { chatId: string }) {
  // A growing answer re-renders only itself.
  const conversation = useConversation({ chatId, isLive: false });
  const { chat, status, error, runId } = conversation;
  const isMarkdownReady = useIsMarkdownReady();
  const { agents } = useAgents();
  const agent = agents?.find(({ id }) => id === chat?.agentId);

  useEffect(() => {
    const { title } = chat ?? {};
    document.title = title === undefined ? 'Parley' : `${title} · Parley`;
    return () => void (document.title = 'Parley');
  }, [chat]);

  if (status === 'error') {
    const reason = getErrorReason(error)?.reason;
    if (reason === 'CHAT_NOT_FOUND' || reason === 'INVALID_INPUT') return <NotFoundPage />;
    return <ErrorPage error={error} reset={conversation.reload} />;
  }

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
        {status === 'loading' || !isMarkdownReady ? (
          <MessageListSkeleton />
        ) : (
          <MessageList chatId={chatId} conversation={conversation} agent={agent} />
        )}
        <ConnectionBar />
        <Composer
          key={chatId}
          draftId={chatId}
          isAnswering={runId !== undefined}
          isBusy={status === 'submitted'}
          disabledReason={disabledReason}
          placeholder={agent === undefined ? 'Write a message' : `Write to ${agent.name}`}
          onSend={(content) => {
            conversation.send(content);
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
