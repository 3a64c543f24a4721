import type { ReactNode } from 'react';
import type { AnswerPart } from '../../api/types.ts';

type Source = Extract<AnswerPart, { type: 'source' }>;

/** Numbered chips, each with the host that its link leads to. */
export function Sources({ parts, start }: { parts: Source[]; start: number }) {
  return (
    <ol aria-label="Sources" className="flex flex-wrap gap-1.5">
      {parts.map((part, index) => (
        <li key={part.id} className="max-w-full">
          <SourceChip source={part} number={start + index} />
        </li>
      ))}
    </ol>
  );
}

const LOOK =
  'flex max-w-full items-center gap-1.5 rounded-full border border-line bg-raised py-1 pr-3 pl-1 text-xs';

function SourceChip({ source: { url, title, snippet }, number }: { source: Source; number: number }) {
  const parsed = url === undefined ? null : URL.parse(url);
  const isSafe = parsed?.protocol === 'https:' || parsed?.protocol === 'http:';
  const content: ReactNode = (
    <>
      <span className="grid size-5 shrink-0 place-items-center rounded-full bg-accent-soft font-medium text-accent tabular-nums">
        {number}
      </span>
      <span dir="auto" className="truncate">
        {title}
      </span>
      {isSafe && parsed.host !== title ? (
        <span className="max-w-48 shrink-0 truncate text-muted">{parsed.host}</span>
      ) : null}
    </>
  );
  return isSafe ? (
    <a
      href={parsed.href}
      target="_blank"
      rel="noopener noreferrer nofollow"
      title={snippet ?? parsed.href}
      className={`${LOOK} hover:bg-hover`}
    >
      {content}
    </a>
  ) : (
    <span title={snippet} className={LOOK}>
      {content}
    </span>
  );
}
