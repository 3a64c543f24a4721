// The ends of a run: what is saved, and the terminal event that followers receive.
import type { EndedRunState } from '@parley/db';
import { AgentError } from '@parley/webhook';
import type { RunDoneEvent, RunErrorEvent } from './run-event.ts';
import { endedBy } from './run-state.ts';

export interface RunEnd {
  state: EndedRunState;
  error: { reason: string; message: string; hint: string | null } | null;
}

/** Aborts a run for a reason inside Parley, such as a stop or a shutdown. */
export class RunInterruption extends Error {
  override readonly name = 'RunInterruption';
  readonly end: RunEnd;

  constructor(end: RunEnd & { error: NonNullable<RunEnd['error']> }) {
    super(end.error.message);
    this.end = end;
  }
}

export const interruptedError = {
  reason: 'RUN_INTERRUPTED',
  message:
    'The server stopped before the answer was complete. The text received so far is kept; send again to continue.',
  hint: null,
};

export const chatDeleted: RunErrorEvent = {
  type: 'error',
  data: { reason: 'RUN_NOT_FOUND', message: 'The chat of this answer was deleted.' },
};

export const interrupted = {
  state: endedBy('interrupt'),
  error: interruptedError,
} satisfies RunEnd;

export const canceled = {
  state: endedBy('stop'),
  error: {
    reason: 'RUN_CANCELED',
    message: 'The answer was stopped. The text received so far is kept.',
    hint: null,
  },
} satisfies RunEnd;

/** The logs of all runs together take more memory than this instance has for them. */
export const overloaded = {
  state: endedBy('fail'),
  error: {
    reason: 'OVERLOADED',
    message:
      'The server is overloaded and cut off this answer. The text received so far is kept. Try again later.',
    hint: 'The answers of all active runs exceed the memory of this instance. Raise its memory limit (--max-old-space-size), or start more instances.',
  },
} satisfies RunEnd;

export const agentDeleted = (): RunInterruption =>
  new RunInterruption({
    state: endedBy('fail'),
    error: { reason: 'AGENT_DELETED', message: 'The agent was deleted before it could answer.', hint: null },
  });

export const succeeded: RunEnd = { state: endedBy('complete'), error: null };

/** Maps an error thrown during a run to the run's end. */
export function endOfError(error: unknown): RunEnd {
  if (error instanceof RunInterruption) return error.end;
  const state = endedBy('fail');
  if (error instanceof AgentError) {
    return { state, error: { reason: error.reason, message: error.message, hint: error.hint } };
  }
  const message = 'Something went wrong on the server while the agent answered.';
  return { state, error: { reason: 'INTERNAL_ERROR', message, hint: null } };
}

/** The terminal event of a run with this end. */
export function terminalEventOf(
  run: { state: EndedRunState; error: { reason: string; message: string } | null },
  messageId: string,
): RunDoneEvent | RunErrorEvent {
  if (run.state === 'succeeded') return { type: 'done', data: { message: 'Stream completed', messageId } };
  const { reason, message } = run.error ?? interruptedError;
  return { type: 'error', data: { message, reason } };
}

export function terminalEventOfSavedRun(run: {
  state: EndedRunState;
  errorReason: string | null;
  errorMessage: string | null;
  assistantMessageId: string;
}): RunDoneEvent | RunErrorEvent {
  const { state, errorReason: reason, errorMessage } = run;
  const error = reason === null ? null : { reason, message: errorMessage ?? reason };
  return terminalEventOf({ state, error }, run.assistantMessageId);
}
