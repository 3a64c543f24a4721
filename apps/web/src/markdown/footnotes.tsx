// Footnotes at the end of a message, and the links to them and back. Their ids are unique in the page.
import { createContext, use, type MouseEvent, type ReactNode } from 'react';

/** The prefix of a message's ids. */
export const FootnoteIds = createContext('');

export function FootnoteLink({ number, isFirst }: { number: number; isFirst: boolean }) {
  const prefix = use(FootnoteIds);
  return (
    <sup>
      <a
        id={isFirst ? `${prefix}ref-${number}` : undefined}
        href={`#${prefix}note-${number}`}
        aria-label={`Footnote ${number}`}
        onClick={jump}
      >
        {number}
      </a>
    </sup>
  );
}

export function Footnotes({ notes }: { notes: { number: number; content: ReactNode }[] }) {
  const prefix = use(FootnoteIds);
  return (
    <section aria-label="Footnotes" className="footnotes">
      <ol>
        {notes.map(({ number, content }) => (
          <li key={number} id={`${prefix}note-${number}`} value={number} tabIndex={-1}>
            {content}
            <a href={`#${prefix}ref-${number}`} aria-label={`Back to reference ${number}`} onClick={jump}>
              ↩
            </a>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Jumps without a change of the URL, which is that of the chat. */
function jump(event: MouseEvent<HTMLAnchorElement>): void {
  const { hash } = event.currentTarget;
  const target = document.getElementById(decodeURIComponent(hash.slice(1)));
  event.preventDefault();
  target?.scrollIntoView({ block: 'nearest' });
  target?.focus({ preventScroll: true });
}
