// What the agent did: one line for each tool that it called and each step of its workflow.
import { CircleX, LoaderCircle, Workflow, Wrench, type LucideIcon } from 'lucide-react';
import type { AnswerPart } from '../../api/types.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Disclosure, QuietLine } from './disclosure.tsx';
import { formatDuration } from './format-duration.ts';

/** A longer value is cut on the page, and its copy is whole. */
const MAX_SHOWN_CHARS = 20_000;

export function ToolLine({
  part: { name, state, input, output, error },
  isRunning,
}: {
  part: Extract<AnswerPart, { type: 'tool' }>;
  /** Whether the answer goes on. A tool without a result in an answer that has ended has none. */
  isRunning: boolean;
}) {
  const isActive = isRunning && (state === 'input' || state === 'running');
  const line = (
    <>
      <LineIcon
        icon={state === 'error' ? CircleX : Wrench}
        isActive={isActive}
        hasFailed={state === 'error'}
      />
      <span className="truncate">{name}</span>
      {state === 'error' ? <span className="shrink-0 text-danger">failed</span> : null}
      {isActive ? <span className="sr-only">is running</span> : null}
    </>
  );
  if (input === undefined && output === undefined && error === undefined)
    return <QuietLine>{line}</QuietLine>;
  return (
    <Disclosure label={line}>
      {input === undefined ? null : <Value label="Input" value={input} />}
      {output === undefined ? null : <Value label="Output" value={output} />}
      {error === undefined ? null : <Value label="Error" value={error} />}
    </Disclosure>
  );
}

export function StepLine({
  part: { name, startedAt, endedAt },
  isRunning,
}: {
  part: Extract<AnswerPart, { type: 'step' }>;
  isRunning: boolean;
}) {
  const isActive = isRunning && endedAt === undefined;
  const durationMs = endedAt === undefined ? 0 : Date.parse(endedAt) - Date.parse(startedAt);
  return (
    <QuietLine>
      <LineIcon icon={Workflow} isActive={isActive} />
      <span className="truncate">{name}</span>
      {durationMs < 1_000 ? null : (
        <span className="shrink-0 text-xs tabular-nums">{formatDuration(durationMs)}</span>
      )}
      {isActive ? <span className="sr-only">is running</span> : null}
    </QuietLine>
  );
}

function LineIcon({
  icon: Icon,
  isActive,
  hasFailed = false,
}: {
  icon: LucideIcon;
  isActive: boolean;
  hasFailed?: boolean;
}) {
  if (isActive) return <LoaderCircle aria-hidden className="size-4 shrink-0 animate-spin text-accent" />;
  return <Icon aria-hidden className={`size-4 shrink-0 ${hasFailed ? 'text-danger' : ''}`} />;
}

function Value({ label, value }: { label: string; value: unknown }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  const isCut = text.length > MAX_SHOWN_CHARS;
  return (
    <figure aria-label={label} className="code-block mb-2" dir="ltr">
      <figcaption>
        <span>{label}</span>
        <CopyButton label={`Copy ${label.toLowerCase()}`} text={text} />
      </figcaption>
      <pre
        tabIndex={0}
        className="max-h-80 overflow-y-auto text-[0.8125rem] wrap-anywhere whitespace-pre-wrap"
      >
        {isCut ? `${text.slice(0, MAX_SHOWN_CHARS)}\n…` : text}
      </pre>
    </figure>
  );
}
