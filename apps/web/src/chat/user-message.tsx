import { useConnection, useParley, type OutgoingMessage } from '@parley/client/react';
import { Clock } from 'lucide-react';
import { Button } from '../ui/button.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { Notice } from '../ui/notice.tsx';
import { MessageTime } from './message-time.tsx';
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
export function UnsentMessage({ chatId, message }: { chatId: string; message: OutgoingMessage }) {
  const { id, content, problem } = message;
  const { outbox } = useParley();
  const connection = useConnection();
  return (
    <article aria-label="You" className="flex flex-col items-end gap-2">
      <Bubble content={content} isFaded />
      {problem === null ? (
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
            <Button onClick={() => outbox.resend(id)}>Send again</Button>
            <Button
              look="ghost"
              onClick={() => {
                const withdrawn = outbox.withdraw(id);
                if (withdrawn !== undefined) restoreText(chatId, withdrawn);
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
