// Judges one chaos run: a pure function of its history and its final database.
import type { HistoryEntry } from '../history.ts';
import { checkMessages } from './check-messages.ts';
import { checkParts } from './check-parts.ts';
import { checkRuns, type RunNumbers } from './check-runs.ts';
import { checkShutdowns, type ShutdownNumbers } from './check-shutdowns.ts';
import { checkStreams, type StreamNumbers } from './check-streams.ts';
import { checkSubstance } from './check-substance.ts';
import type { ObservedDatabase } from './observed-database.ts';
import { createTimeline } from './timeline.ts';
import type { Violation } from './violation.ts';

export interface CheckOptions {
  /** The instances' SHUTDOWN_GRACE_MS. */
  graceMs: number;
  /** Whether graceful restarts were the only faults, so that no request may fail. */
  isGentle: boolean;
}

export interface CheckResult {
  violations: Violation[];
  numbers: RunNumbers & StreamNumbers & ShutdownNumbers;
}

export function check(
  history: readonly HistoryEntry[],
  database: ObservedDatabase,
  options: CheckOptions,
): CheckResult {
  const timeline = createTimeline(history);
  const runs = checkRuns(history, database, timeline);
  const parts = checkParts(history, database, timeline);
  const streams = checkStreams(history, database);
  const shutdowns = checkShutdowns(history, timeline, options);
  return {
    violations: [
      ...checkMessages(history, database),
      ...runs.violations,
      ...parts,
      ...streams.violations,
      ...shutdowns.violations,
      ...checkSubstance(history, options),
    ],
    numbers: { ...runs.numbers, ...streams.numbers, ...shutdowns.numbers },
  };
}
