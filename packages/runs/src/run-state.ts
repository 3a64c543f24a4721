// The states and transitions of a run as data. SPEC.md shows them as a table, and a test compares the two.
import type { EndedRunState, RunState } from '@parley/db';

/** `deleted`: the run was deleted with its chat, so there is no row. */
export type RunCondition = RunState | 'deleted';

export type RunTrigger =
  /** The writer received a status, a piece of text or a part. */
  | 'receive'
  /** The agent's answer is complete. */
  | 'complete'
  /** The agent failed, or Parley could not call it. */
  | 'fail'
  /** The user stops the run, on any instance. */
  | 'stop'
  /** The writer shuts down, or any instance finds its lease expired. */
  | 'interrupt'
  /** The user asks for another answer. That starts another run; this one does not change. */
  | 'retry'
  /** The chat is deleted. */
  | 'delete';

/** The outcome of a trigger that changes nothing. */
export type Refused = 'refused';

/** Lists every trigger in every state. */
export const transitions = {
  running: {
    receive: 'running',
    complete: 'succeeded',
    fail: 'failed',
    stop: 'canceled',
    interrupt: 'interrupted',
    retry: 'refused',
    delete: 'deleted',
  },
  succeeded: {
    receive: 'refused',
    complete: 'refused',
    fail: 'refused',
    stop: 'refused',
    interrupt: 'refused',
    retry: 'refused',
    delete: 'deleted',
  },
  failed: {
    receive: 'refused',
    complete: 'refused',
    fail: 'refused',
    stop: 'refused',
    interrupt: 'refused',
    retry: 'failed',
    delete: 'deleted',
  },
  canceled: {
    receive: 'refused',
    complete: 'refused',
    fail: 'refused',
    stop: 'refused',
    interrupt: 'refused',
    retry: 'canceled',
    delete: 'deleted',
  },
  interrupted: {
    receive: 'refused',
    complete: 'refused',
    fail: 'refused',
    stop: 'refused',
    interrupt: 'refused',
    retry: 'interrupted',
    delete: 'deleted',
  },
  deleted: {
    receive: 'refused',
    complete: 'refused',
    fail: 'refused',
    stop: 'refused',
    interrupt: 'refused',
    retry: 'refused',
    delete: 'refused',
  },
} as const satisfies Record<RunCondition, Record<RunTrigger, RunCondition | Refused>>;

type Outcome<Trigger extends RunTrigger> = (typeof transitions)['running'][Trigger];

/** The triggers that end a running run. */
export type EndingTrigger = {
  [Trigger in RunTrigger]: Outcome<Trigger> extends EndedRunState ? Trigger : never;
}[RunTrigger];

/** The state of a running run after this trigger. */
export function endedBy<Trigger extends EndingTrigger>(trigger: Trigger): Outcome<Trigger> {
  return transitions.running[trigger];
}

export function isEnded(state: RunState): state is EndedRunState {
  return transitions[state].receive === 'refused';
}

/** Whether `retry` may replace this run's answer. */
export function isRetryable(state: RunState): boolean {
  return transitions[state].retry !== 'refused';
}
