import { Clock } from 'lucide-react';
import { useConnection } from '../api/connection.ts';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Notice } from '../ui/notice.tsx';
import { MessageTime } from './message-time.tsx';
import { resend, withdraw, type OutboxMessage } from './outbox.ts';
import { restoreText } from './restore-text.ts';

export function UserMessage({ content, timestamp }: { content: string; timestamp: string }) {
  return (
    <article aria-label="You" className="group flex flex-col items-end gap-1">
      <Bubble content={content} />
      <div className="flex items-center gap-1 opacity-0 transition-opacity group-hover:opacity-100 focus-within:opacity-100 [@media(hover:none)]:opacity-100">
        <MessageTime timestamp={timestamp} />
        <CopyButton label="Copy message" text={content} />
      </div>
    </article>
  );
}

/** A message that the server does not have yet, or has refused. */
export function OutgoingMessage({ message }: { message: OutboxMessage }) {
  const { messageId, chatId, content, problem } = message;
  const connection = useConnection();
  return (
    <article aria-label="You" className="flex flex-col items-end gap-2">
      <Bubble content={content} isFaded />
      {problem === undefined ? (
        <p role="status" className="flex items-center gap-1.5 text-xs text-muted">
          <Clock aria-hidden className="size-3.5" />
          {connection === 'online' ? 'Sending' : 'Waiting for connection'}
        </p>
      ) : (
        <Notice kind="error" className="w-full max-w-md">
          <p>
            <span className="font-medium">Not sent.</span> {problem}
          </p>
          <div className="mt-2 flex gap-2 text-text">
            <Button onClick={() => resend(messageId)}>Send again</Button>
            <Button
              look="ghost"
              onClick={() => {
                const withdrawn = withdraw(messageId);
                if (withdrawn !== undefined) restoreText(chatId, withdrawn.content);
              }}
            >
              Edit
            </Button>
          </div>
        </Notice>
      )}
    </article>
  );
}

function Bubble({ content, isFaded = false }: { content: string; isFaded?: boolean }) {
  return (
    <div
      dir="auto"
      className={`max-w-[85%] [unicode-bidi:plaintext] rounded-2xl rounded-br-md bg-bubble px-4 py-2.5 wrap-anywhere whitespace-pre-wrap ${isFaded ? 'opacity-70' : ''}`}
    >
      {content}
    </div>
  );
}
