import type { RouterOutputs } from '@parley/client';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { client } from '../api/api.ts';
import { explainError } from '@parley/client';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Notice } from '../ui/notice.tsx';
import { Section } from '../ui/page-frame.tsx';
import { Spinner } from '../ui/spinner.tsx';

/** Calls the saved agent once and shows the result. The test waits as long as a chat would, and can be canceled. */
export function AgentTest({ agentId }: { agentId: string }) {
  const stop = useRef<AbortController>(undefined);
  const test = useMutation({
    mutationFn: (input: { id: string }) => {
      stop.current = new AbortController();
      return client.agent.test.mutate(input, { signal: stop.current.signal });
    },
  });
  const cancel = (): void => {
    stop.current?.abort();
    test.reset();
  };
  useEffect(() => () => stop.current?.abort(), []);
  return (
    <Section
      title="Test"
      lead="Sends one message to the saved agent, and waits as long as a chat would. The answer is not stored."
      actions={
        test.isPending ? (
          <Button onClick={cancel}>Cancel</Button>
        ) : (
          <Button onClick={() => test.mutate({ id: agentId })}>Test agent</Button>
        )
      }
    >
      {test.isPending ? <Waiting /> : null}
      {test.error === null ? null : <Notice kind="error">{explainError(test.error)}</Notice>}
      {test.data === undefined ? null : <Report report={test.data} />}
    </Section>
  );
}

function Waiting() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((passed) => passed + 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="flex items-center gap-3 text-sm text-muted">
      <Spinner label="Waiting for the agent" />
      <p>
        Waiting for the agent… <span className="tabular-nums">{seconds} s</span>
      </p>
    </div>
  );
}

function Report({ report }: { report: RouterOutputs['agent']['test'] }) {
  const {
    isOk,
    summary,
    error,
    warnings,
    text,
    textChars,
    mode,
    status,
    firstTextMs,
    totalMs,
    pieces,
    limits,
  } = report;
  const facts = [
    ['HTTP status', status],
    ['Response format', mode],
    ['Time to first text', firstTextMs === null ? null : `${Math.round(firstTextMs)} ms`],
    ['Total time', `${Math.round(totalMs)} ms`],
    ['Chunks', pieces],
    ['Characters', textChars],
    ['Longest wait for the first byte', `${limits.firstByteTimeoutMs / 1000} s`],
    ['Longest silence', `${limits.idleTimeoutMs / 1000} s`],
    ['Longest answer', `${limits.totalTimeoutMs / 1000} s`],
  ] as const;
  return (
    <div role="status" className="flex flex-col gap-4 rounded-xl border border-line bg-raised p-5 text-sm">
      <p className="flex flex-wrap items-center gap-2 font-medium">
        <Badge look={isOk ? 'accent' : 'danger'}>{isOk ? 'Works' : (error?.reason ?? 'Failed')}</Badge>
        {summary}
      </p>
      {error === null ? null : (
        <p>
          {error.message}
          {error.hint === null ? null : <span className="mt-1 block text-muted">{error.hint}</span>}
        </p>
      )}
      {warnings.map((warning) => (
        <Notice key={warning} kind="warning">
          {warning}
        </Notice>
      ))}
      <dl className="grid grid-cols-2 gap-x-6 gap-y-2 sm:grid-cols-3">
        {facts.map(([name, value]) =>
          value === null ? null : (
            <div key={name}>
              <dt className="text-xs text-muted">{name}</dt>
              <dd className="tabular-nums">{value}</dd>
            </div>
          ),
        )}
      </dl>
      {text === '' ? null : (
        <blockquote className="rounded-lg bg-side px-3 py-2 wrap-anywhere whitespace-pre-wrap">
          {text}
        </blockquote>
      )}
    </div>
  );
}
