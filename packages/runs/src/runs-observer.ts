// What operators see of runs: told once a run and once a write of the journal, never on the way of a token.
import type { StartedRun } from './execute-run.ts';
import type { RunEnd } from './run-end.ts';

export interface EndedRun {
  run: StartedRun;
  /** Undefined where another instance has ended it. */
  end: RunEnd | undefined;
  durationMs: number;
  /** From the start to the first text of the answer; undefined where none came. */
  firstTextMs: number | undefined;
}

export interface RunsObserver {
  runEnded?(ended: EndedRun): void;
  /** @param lagMs how long the oldest event of the batch had waited until it was saved */
  journalWritten?(lagMs: number): void;
}
