import { Brain } from 'lucide-react';
import type { AnswerPart } from '../../api/types.ts';
import { Markdown } from '../../markdown/markdown.tsx';
import { Disclosure } from './disclosure.tsx';
import { formatDuration } from './format-duration.ts';

/** @param isLive whether the agent thinks now */
export function ReasoningView({
  part: { text, durationMs },
  isLive,
}: {
  part: Extract<AnswerPart, { type: 'reasoning' }>;
  isLive: boolean;
}) {
  const isThinking = isLive && durationMs === undefined;
  const label = isThinking
    ? 'Thinking…'
    : durationMs === undefined
      ? 'Thought'
      : `Thought for ${formatDuration(durationMs)}`;
  return (
    <Disclosure
      label={
        <>
          <Brain
            aria-hidden
            className={`size-4 shrink-0 ${isThinking ? 'animate-pulse-soft text-accent' : ''}`}
          />
          {label}
        </>
      }
    >
      <div className="text-sm text-muted">
        <Markdown text={text} isStreaming={isLive} />
      </div>
    </Disclosure>
  );
}
