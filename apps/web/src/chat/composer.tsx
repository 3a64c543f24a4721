import { ArrowUp, Square } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useAccount } from '../auth/account.tsx';
import { readDraft, writeDraft } from '../storage/drafts.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { Notice } from '../ui/notice.tsx';
import { onRestoreText } from './restore-text.ts';
import { useStop } from './use-stop.tsx';

const MAX_CHARS = 100_000;

/** @param onSend returns whether it accepted the text; only then is the draft cleared */
export function Composer({
  draftId,
  isAnswering = false,
  isBusy = false,
  disabledReason,
  placeholder,
  onSend,
  footer,
}: {
  /** The key of the draft: the chat's id, or `new`. */
  draftId: string;
  isAnswering?: boolean;
  isBusy?: boolean;
  /** Shown in place of the composer. */
  disabledReason?: string | undefined;
  placeholder: string;
  onSend: (content: string) => boolean | Promise<boolean>;
  footer?: ReactNode;
}) {
  const { user } = useAccount();
  const [text, setText] = useState(() => readDraft(user.id, draftId));
  const field = useRef<HTMLTextAreaElement>(null);
  const { stop, isStopping } = useStop();

  const write = (next: string): void => {
    setText(next);
    writeDraft(user.id, draftId, next);
  };
  useEffect(
    () =>
      onRestoreText(draftId, (content) => {
        setText((current) => {
          const next = current === '' ? content : `${content}\n\n${current}`;
          writeDraft(user.id, draftId, next);
          return next;
        });
        field.current?.focus();
      }),
    [draftId, user.id],
  );
  // Not on touch screens, where focus opens the keyboard over the conversation.
  useEffect(() => {
    if (matchMedia('(hover: hover)').matches) field.current?.focus();
  }, []);

  const isTooLong = text.length > MAX_CHARS;
  const canSend = text.trim() !== '' && !isTooLong && !isBusy && !isAnswering;
  const send = async (): Promise<void> => {
    if (canSend && (await onSend(text))) write('');
  };

  if (disabledReason !== undefined)
    return (
      <div className="mx-auto w-full max-w-[48rem] px-4 pb-6 md:px-6">
        <Notice>{disabledReason}</Notice>
      </div>
    );

  return (
    <form
      className="mx-auto w-full max-w-[48rem] px-3 pb-[max(1rem,env(safe-area-inset-bottom))] md:px-6"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <div className="flex items-end gap-1.5 rounded-2xl border border-line-strong/50 bg-raised p-2 pl-4 shadow-raised transition-colors focus-within:border-accent">
        <textarea
          ref={field}
          value={text}
          dir="auto"
          rows={1}
          aria-label={placeholder}
          placeholder={placeholder}
          aria-describedby="composer-hint"
          className="field-sizing-content max-h-[40dvh] min-h-8 flex-1 resize-none bg-transparent py-1 leading-6 outline-none placeholder:text-muted"
          onChange={(event) => write(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
            // On touch screens Enter starts a new line, since there is no Shift to hold.
            if (!matchMedia('(hover: hover)').matches && !event.ctrlKey && !event.metaKey) return;
            event.preventDefault();
            void send();
          }}
        />
        {isAnswering ? (
          <IconButton
            label={isStopping ? 'Stopping' : 'Stop generating'}
            shortcut="Esc"
            disabled={isStopping}
            onClick={stop}
            className="rounded-xl bg-text text-page hover:bg-text/85 hover:text-page"
          >
            <Square aria-hidden className="size-3.5! fill-current" />
          </IconButton>
        ) : (
          <IconButton
            label="Send"
            shortcut="Enter"
            disabled={!canSend}
            onClick={() => void send()}
            className="rounded-xl bg-accent text-on-accent hover:bg-accent-hover hover:text-on-accent"
          >
            <ArrowUp aria-hidden />
          </IconButton>
        )}
      </div>
      <p id="composer-hint" className="px-2 pt-2 text-center text-xs text-muted">
        {isTooLong ? (
          <span className="text-danger">
            Too long to send: {text.length.toLocaleString('en')} of {MAX_CHARS.toLocaleString('en')}{' '}
            characters.
          </span>
        ) : (
          (footer ?? 'Enter to send, Shift+Enter for a new line')
        )}
      </p>
    </form>
  );
}
