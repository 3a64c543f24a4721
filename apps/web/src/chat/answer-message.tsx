import { explainError } from '@parley/client';
import { useAnswer, useRetryAnswer } from '@parley/client/react';
import { useQuery } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { memo, useDeferredValue, useRef } from 'react';
import { trpc } from '../api/api.ts';
import type { Agent, Message } from '../api/types.ts';
import { useIsAdmin } from '../auth/account.tsx';
import { Markdown } from '../markdown/markdown.tsx';
import { toRichText } from '../markdown/rich-text.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Notice } from '../ui/notice.tsx';
import { toast } from '../ui/toast.ts';
import { AnswerParts } from './parts/answer-parts.tsx';
import { MessageTime } from './message-time.tsx';

export const AnswerMessage = memo(function AnswerMessage({
  chatId,
  message,
  agent,
  isLast,
}: {
  chatId: string;
  message: Message;
  agent: Agent | undefined;
  isLast: boolean;
}) {
  const answer = useAnswer(message);
  const { isRunning } = answer;
  // Parsing a very long answer takes longer than a frame; deferring it keeps typing and scrolling smooth.
  const text = useDeferredValue(answer.content);
  const parts = useDeferredValue(answer.parts);
  const name = agent?.name ?? 'Agent';
  const shown = useRef<HTMLDivElement>(null);
  return (
    <article aria-label={name} aria-busy={isRunning} className="group flex gap-3.5">
      <Avatar name={name} url={agent?.avatarUrl} className="mt-0.5 size-7 text-xs max-md:hidden" />
      <div className="min-w-0 flex-1">
        <h2 className="mb-0.5 text-sm font-semibold">{name}</h2>
        <div ref={shown}>
          {parts.length > 0 ? (
            <AnswerParts parts={parts} isRunning={isRunning} />
          ) : text === '' ? null : (
            <Markdown text={text} isStreaming={isRunning} />
          )}
        </div>
        {isRunning ? (
          <RunStatus status={answer.activity} isEmpty={text === '' && parts.length === 0} />
        ) : null}
        {isRunning ? null : (
          <AnswerEnd
            chatId={chatId}
            agentId={agent?.id}
            message={message}
            text={text}
            richText={() => (shown.current === null ? undefined : toRichText(shown.current))}
            isLast={isLast}
          />
        )}
      </div>
    </article>
  );
});

/** The agent's current activity: the node of its workflow, if the agent names it. */
function RunStatus({ status, isEmpty }: { status: string | null; isEmpty: boolean }) {
  if (status === null && !isEmpty) return null;
  return (
    <p role="status" className="mt-1 flex h-6 items-center gap-2.5 text-sm text-muted">
      <span aria-hidden className="size-2 animate-pulse-soft rounded-full bg-accent" />
      <span className="truncate">{status ?? 'Thinking'}</span>
    </p>
  );
}

const endings = {
  canceled: 'Stopped. The partial answer is saved.',
  interrupted: 'The server restarted before the answer was complete. The partial answer is saved.',
} as const;

function AnswerEnd({
  chatId,
  agentId,
  message,
  text,
  richText,
  isLast,
}: {
  chatId: string;
  agentId: string | undefined;
  message: Message;
  text: string;
  richText: () => string | undefined;
  isLast: boolean;
}) {
  const { status, error, runId, timestamp } = message;
  const isAdmin = useIsAdmin();
  const retry = useRetryAnswer(chatId);
  const retryButton =
    isLast && runId !== null && status !== 'complete' ? (
      <Button
        disabled={retry.isPending}
        onClick={() => retry.mutate(runId, { onError: (failure) => toast(explainError(failure), 'error') })}
      >
        <RotateCcw aria-hidden className="size-4" />
        Try again
      </Button>
    ) : null;
  return (
    <>
      {status === 'failed' ? (
        <Notice kind="error" className="mt-2">
          <p>{error?.message ?? 'The answer failed.'}</p>
          {error === null ? null : <p className="mt-1 font-mono text-xs">{error.reason}</p>}
          {isAdmin && isLast && runId !== null && agentId !== undefined ? (
            <FailureHint agentId={agentId} runId={runId} />
          ) : null}
          {retryButton === null ? null : <div className="mt-2.5 text-text">{retryButton}</div>}
        </Notice>
      ) : status === 'canceled' || status === 'interrupted' ? (
        <div className="mt-2 flex flex-wrap items-center gap-3 text-sm text-muted">
          {endings[status]}
          {retryButton}
        </div>
      ) : null}
      <div className="mt-1.5 -ml-1.5 flex items-center gap-1 opacity-0 transition-opacity group-hover:opacity-100 focus-within:opacity-100 [@media(hover:none)]:opacity-100">
        {text === '' ? null : <CopyButton label="Copy answer" text={text} richText={richText} />}
        <MessageTime timestamp={timestamp} />
      </div>
    </>
  );
}

/** The error log's advice on a failed answer. Render it for admins only: the query refuses other users. */
function FailureHint({ agentId, runId }: { agentId: string; runId: string }) {
  const { data } = useQuery(trpc.admin.errors.queryOptions({ agentId, limit: 20 }));
  const hint = data?.items.find((entry) => entry.runId === runId)?.hint;
  if (hint == null) return null;
  return (
    <p className="mt-1.5 text-text">
      <span className="font-medium">For admins:</span> {hint}
    </p>
  );
}
