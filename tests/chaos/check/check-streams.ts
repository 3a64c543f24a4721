// Checks that every follower reaches the end of its run and has the saved text and parts.
import { isDeepStrictEqual } from 'node:util';
import type { HistoryEntry } from '../history.ts';
import type { ObservedDatabase } from './observed-database.ts';
import type { Violation } from './violation.ts';

/**
 * A follower must receive the terminal event within this time after the end of its run. Nearly all receive it at once. A follower
 * with a silent connection notices the missing pings after 40 s, and then reconnects.
 */
export const MAX_TERMINAL_DELAY_MS = 60_000;

export interface StreamNumbers {
  /** The time from the end of a run, or the start of a later follow, to the follower's terminal event. */
  terminalDelayMs: number[];
}

export function checkStreams(
  history: readonly HistoryEntry[],
  { runs, messages }: ObservedDatabase,
): { violations: Violation[]; numbers: StreamNumbers } {
  const runById = new Map(runs.map((run) => [run.id, run]));
  const answers = new Map(messages.map((message) => [message.id, message]));
  const open = new Map<string, number>();
  const violations: Violation[] = [];
  const terminalDelayMs: number[] = [];
  const violate = (invariant: Violation['invariant'], details: string): void =>
    void violations.push({ invariant, details });

  for (const entry of history) {
    if (entry.type === 'follow') open.set(entry.followId, entry.atMs);
    if (entry.type === 'follow-ended') violate('stream-without-end', `follower ${entry.followId}`);
    if (entry.type === 'followed') {
      const run = runById.get(entry.runId);
      const saved = run === undefined ? undefined : answers.get(run.assistantMessageId);
      if (run === undefined || saved === undefined) {
        violate('acknowledged-lost', `run ${entry.runId}, which was followed, is missing`);
      } else {
        if (entry.text !== saved.content)
          violate(
            'different-text',
            `follower ${entry.followId} of run ${run.id} has ${entry.text.length} characters, ${saved.content.length} are saved; they differ from character ${partingOf(entry.text, saved.content)} on`,
          );
        if (!isDeepStrictEqual(entry.parts, saved.parts ?? []))
          violate(
            'different-parts',
            `follower ${entry.followId} of run ${run.id} has the parts ${describe(entry.parts)}; saved are ${describe(saved.parts)}`,
          );
        const end = run.state === 'succeeded' ? 'done' : run.errorReason;
        if (entry.terminal !== end)
          violate(
            'different-end',
            `follower ${entry.followId} of run ${run.id} received ${entry.terminal}, but the run ended with ${end}`,
          );
        const delayMs = entry.atMs - Math.max(run.endedAtMs ?? 0, open.get(entry.followId) ?? 0);
        terminalDelayMs.push(delayMs);
        if (delayMs > MAX_TERMINAL_DELAY_MS)
          violate(
            'hung-stream',
            `follower ${entry.followId} of run ${run.id} received the terminal event ${delayMs} ms late`,
          );
      }
    }
    if (isEndOfFollow(entry)) open.delete(entry.followId);
  }
  for (const followId of open.keys()) violate('hung-stream', `follower ${followId} never ended`);
  return { violations, numbers: { terminalDelayMs } };
}

function isEndOfFollow(entry: HistoryEntry): entry is HistoryEntry & { followId: string } {
  return ['followed', 'follow-left', 'follow-ended', 'follow-failed'].includes(entry.type);
}

function describe(parts: unknown): string {
  return JSON.stringify(parts).slice(0, 500);
}

function partingOf(one: string, other: string): number {
  let index = 0;
  while (index < one.length && one[index] === other[index]) index += 1;
  return index;
}
