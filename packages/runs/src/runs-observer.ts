// Hooks for metrics and logs. They are called per run and per journal write, never per token.
import type { StartedRun } from './execute-run.ts';
import type { RunEnd } from './run-end.ts';

export interface EndedRun {
  run: StartedRun;
  /** Undefined if another instance ended the run. */
  end: RunEnd | undefined;
  durationMs: number;
  /** From the start of the run to the first text of the answer; undefined if there was no text. */
  firstTextMs: number | undefined;
}

export interface RunsObserver {
  runEnded?(ended: EndedRun): void;
  /** New runs are refused from now on, or are accepted again. */
  overloadChanged?(isOverloaded: boolean): void;
  /** @param lagMs how long the oldest event of the batch waited until it was saved */
  journalWritten?(lagMs: number): void;
}
