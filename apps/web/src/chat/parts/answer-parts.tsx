// The parts of an answer in their order: its text, what the agent thought and did, and where its words come from.
import { clsx } from 'clsx';
import type { AnswerPart } from '../../api/types.ts';
import { Markdown } from '../../markdown/markdown.tsx';
import { Notice } from '../../ui/notice.tsx';
import { groupParts } from './group-parts.ts';
import { ReasoningView } from './reasoning-view.tsx';
import { Sources } from './sources.tsx';
import { StepLine, ToolLine } from './work-lines.tsx';

export function AnswerParts({ parts, isRunning }: { parts: readonly AnswerPart[]; isRunning: boolean }) {
  const groups = groupParts(parts);
  return groups.map((group, index) => {
    const isLive = isRunning && index === groups.length - 1;
    const [first] = group.parts;
    return (
      <div key={first.id} className={clsx(index > 0 && 'mt-3')}>
        <PartGroup group={group} isLive={isLive} isRunning={isRunning} />
      </div>
    );
  });
}

function PartGroup({
  group,
  isLive,
  isRunning,
}: {
  group: ReturnType<typeof groupParts>[number];
  isLive: boolean;
  isRunning: boolean;
}) {
  switch (group.type) {
    case 'text':
      return <Markdown text={group.parts[0].text} isStreaming={isLive} />;
    case 'reasoning':
      return <ReasoningView part={group.parts[0]} isLive={isLive} />;
    case 'work':
      return (
        <ul aria-label="Steps" className="flex flex-col gap-0.5">
          {group.parts.map((part) => (
            <li key={part.id}>
              {part.type === 'tool' ? (
                <ToolLine part={part} isRunning={isRunning} />
              ) : (
                <StepLine part={part} isRunning={isRunning} />
              )}
            </li>
          ))}
        </ul>
      );
    case 'sources':
      return <Sources parts={group.parts} start={group.start} />;
    case 'notice':
      return <Notice kind="warning">{group.parts[0].message}</Notice>;
  }
}
