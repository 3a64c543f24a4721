// What a run can be, what can happen to it, and what then becomes of it: as data, which SPEC.md shows as a table.
import type { EndedRunState, RunState } from '@parley/db';

/** `deleted`: the run's chat is gone, and its row with it. */
export type RunCondition = RunState | 'deleted';

/** What can happen to a run. */
export type RunTrigger =
  /** Its writer received a status or a piece of text. */
  | 'receive'
  /** The agent's answer is complete. */
  | 'complete'
  /** The agent failed, or Parley failed to ask it. */
  | 'fail'
  /** Its user stops it, on whatever instance. */
  | 'stop'
  /** Its writer shuts down; or is gone, and any instance finds the lease lapsed. */
  | 'interrupt'
  /** Its user wants another answer in the place of this one. That is another run: this one stays as it is. */
  | 'retry'
  /** Its chat is deleted. */
  | 'delete';

/** What a refused trigger leaves: everything as it was. */
export type Refused = 'refused';

/** Total: every trigger in every state. */
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

/** What ends a run that is running. */
export type EndingTrigger = {
  [Trigger in RunTrigger]: Outcome<Trigger> extends EndedRunState ? Trigger : never;
}[RunTrigger];

/** The state in which this trigger leaves a run that was running. */
export function endedBy<Trigger extends EndingTrigger>(trigger: Trigger): Outcome<Trigger> {
  return transitions.running[trigger];
}

export function isEnded(state: RunState): state is EndedRunState {
  return transitions[state].receive === 'refused';
}

/** Whether another answer may be generated in the place of this run's. */
export function isRetryable(state: RunState): boolean {
  return transitions[state].retry !== 'refused';
}
