// The messages of a conversation, virtualized: only those near the viewport are in the DOM. The list opens at its end,
// follows the end while an answer grows, and stops following when the user scrolls up.
import { isOutgoing, type Conversation, type ConversationMessage } from '@parley/client/react';
import { ArrowDown } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Virtualizer } from 'virtua';
import type { Agent } from '../api/types.ts';
import { Button } from '../ui/button.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { AnswerMessage } from './answer-message.tsx';
import { UnsentMessage, UserMessage } from './user-message.tsx';

/** The list is at its end when it is nearer than this. */
const END_PX = 48;
/** Older messages are loaded when less than this is left above. */
const OLDER_PX = 800;

const dayFormat = new Intl.DateTimeFormat('en', { weekday: 'long', month: 'long', day: 'numeric' });
const yearFormat = new Intl.DateTimeFormat('en', { month: 'long', day: 'numeric', year: 'numeric' });

export function MessageList({
  chatId,
  conversation,
  agent,
}: {
  chatId: string;
  conversation: Conversation;
  agent: Agent | undefined;
}) {
  const { messages, hasOlder, isLoadingOlder, hasOlderFailed, loadOlder } = conversation;

  const scroller = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);
  const [isAtEnd, setIsAtEnd] = useState(true);

  // With `shift`, virtua keeps the visible messages in place. It must be set in the render that prepends, and no other.
  const [shown, setShown] = useState({ messages, isPrepended: false });
  if (shown.messages !== messages) setShown({ messages, isPrepended: isPrepended(shown.messages, messages) });

  const scrollToEnd = useCallback(() => {
    const { current } = scroller;
    if (current !== null) current.scrollTop = current.scrollHeight;
  }, []);
  const followEnd = useCallback(() => {
    if (isFollowing.current) scrollToEnd();
  }, [scrollToEnd]);

  // Scroll to the user's own new message, wherever the list is.
  const lastOwn = messages.findLast(isOutgoing)?.id;
  useLayoutEffect(() => {
    if (lastOwn !== undefined) isFollowing.current = true;
  }, [lastOwn]);
  useLayoutEffect(followEnd);
  useEffect(() => {
    const { current } = scroller;
    if (current === null) return;
    const observer = new ResizeObserver(followEnd);
    observer.observe(current);
    for (const child of current.children) observer.observe(child);
    return () => observer.disconnect();
  }, [followEnd]);

  const onScroll = useCallback((): void => {
    const { current } = scroller;
    if (current === null) return;
    const atEnd = current.scrollHeight - current.scrollTop - current.clientHeight < END_PX;
    if (atEnd) isFollowing.current = true;
    setIsAtEnd(atEnd);
    if (current.scrollTop < OLDER_PX && hasOlder && !isLoadingOlder && !hasOlderFailed) loadOlder();
  }, [hasOlder, isLoadingOlder, hasOlderFailed, loadOlder]);
  // Also without a scroll: the first page may not fill the view.
  useEffect(onScroll, [onScroll, messages]);

  const stopFollowing = (): void => {
    isFollowing.current = false;
  };

  return (
    <div className="relative min-h-0 flex-1">
      {/* The handlers detect scrolling only. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <div
        ref={scroller}
        role="log"
        aria-label="Conversation"
        aria-live="off"
        // Keyboard users must be able to scroll the region.
        tabIndex={0}
        className="h-full overflow-y-auto overscroll-contain outline-offset-[-2px] [overflow-anchor:none]"
        onScroll={onScroll}
        onWheel={(event) => event.deltaY < 0 && stopFollowing()}
        onTouchMove={stopFollowing}
        onKeyDown={(event) => ['PageUp', 'Home', 'ArrowUp'].includes(event.key) && stopFollowing()}
      >
        <div className="mx-auto w-full max-w-[48rem] px-4 md:px-6">
          <OlderState
            hasOlder={hasOlder}
            isLoading={isLoadingOlder}
            hasFailed={hasOlderFailed}
            onTryAgain={loadOlder}
          />
          <Virtualizer scrollRef={scroller} shift={shown.isPrepended} bufferSize={600}>
            {messages.map((message, index) => (
              <div key={message.id} className="pb-7">
                {isOtherDay(messages[index - 1]?.timestamp, message.timestamp) ? (
                  <DaySeparator day={message.timestamp} />
                ) : null}
                {isOutgoing(message) ? (
                  <UnsentMessage chatId={chatId} message={message} />
                ) : message.role === 'user' ? (
                  <UserMessage content={message.content} timestamp={message.timestamp} />
                ) : (
                  <AnswerMessage
                    chatId={chatId}
                    message={message}
                    agent={agent}
                    isLast={index === messages.length - 1}
                  />
                )}
              </div>
            ))}
          </Virtualizer>
        </div>
      </div>
      {isAtEnd ? null : (
        <div className="pointer-events-none absolute inset-x-0 bottom-3 grid place-items-center">
          <IconButton
            label="Jump to latest"
            className="pointer-events-auto size-9 animate-fade-in rounded-full border border-line bg-raised shadow-raised"
            onClick={() => {
              isFollowing.current = true;
              scrollToEnd();
            }}
          >
            <ArrowDown aria-hidden />
          </IconButton>
        </div>
      )}
    </div>
  );
}

function isPrepended(before: ConversationMessage[], after: ConversationMessage[]): boolean {
  const [first] = before;
  return first !== undefined && first.id !== after[0]?.id && after.some(({ id }) => id === first.id);
}

/** Keeps its height in every state, so that nothing jumps. */
function OlderState({
  hasOlder,
  isLoading,
  hasFailed,
  onTryAgain,
}: {
  hasOlder: boolean;
  isLoading: boolean;
  hasFailed: boolean;
  onTryAgain: () => void;
}) {
  return (
    <div className="grid h-12 place-items-center">
      {hasFailed ? (
        <Button onClick={onTryAgain}>Load earlier messages</Button>
      ) : isLoading || hasOlder ? (
        <Spinner label="Loading earlier messages" />
      ) : null}
    </div>
  );
}

function isOtherDay(before: string | undefined, after: string): boolean {
  return before !== undefined && new Date(before).toDateString() !== new Date(after).toDateString();
}

function DaySeparator({ day }: { day: string }) {
  return (
    <div className="flex items-center gap-3 pb-6 text-xs text-muted">
      <span aria-hidden className="h-px flex-1 bg-line" />
      <time dateTime={day}>{formatDay(new Date(day))}</time>
      <span aria-hidden className="h-px flex-1 bg-line" />
    </div>
  );
}

function formatDay(date: Date): string {
  const isThisYear = date.getFullYear() === new Date().getFullYear();
  return (isThisYear ? dayFormat : yearFormat).format(date);
}
