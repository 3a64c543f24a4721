// Checks that graceful shutdowns end in time with exit code 0, and that they fail no request if there were no other faults.
import type { HistoryEntry } from '../history.ts';
import type { Timeline } from './timeline.ts';
import type { Violation } from './violation.ts';

/** The time that a process may take after its grace period. */
const MAX_CLOSE_MS = 5_000;

export interface ShutdownNumbers {
  shutdownMs: number[];
}

export function checkShutdowns(
  history: readonly HistoryEntry[],
  timeline: Timeline,
  { graceMs, isGentle }: { graceMs: number; isGentle: boolean },
): { violations: Violation[]; numbers: ShutdownNumbers } {
  const asked = new Map<string, number>();
  const accepted = new Set(
    history.flatMap((entry) => (entry.type === 'retry-ack' ? [entry.earlierRunId] : [])),
  );
  const violations: Violation[] = [];
  const shutdownMs: number[] = [];
  for (const entry of history) {
    if (entry.type === 'term') asked.set(entry.instanceId, entry.atMs);
    if (entry.type === 'exit') {
      const askedMs = asked.get(entry.instanceId) ?? entry.atMs;
      const tookMs = entry.atMs - askedMs;
      // Not judged: without a database, the instance cannot save its answers.
      if (timeline.hasOutage({ fromMs: askedMs, toMs: entry.atMs })) continue;
      shutdownMs.push(tookMs);
      if (entry.code !== 0 || tookMs > graceMs + MAX_CLOSE_MS)
        violations.push({
          invariant: 'unclean-shutdown',
          details: `instance ${entry.instanceId} took ${tookMs} ms and exited with ${entry.code}`,
        });
    }
    if (isGentle && isFailure(entry, accepted))
      violations.push({ invariant: 'failed-request', details: JSON.stringify(entry) });
  }
  return { violations, numbers: { shutdownMs } };
}

/** SHUTTING_DOWN is not the failure of a retry if a later attempt was accepted. */
function isFailure(entry: HistoryEntry, accepted: ReadonlySet<string>): boolean {
  if (entry.type === 'retry-failed')
    return entry.reason !== 'SHUTTING_DOWN' || !accepted.has(entry.earlierRunId);
  return entry.type === 'send-failed' || entry.type === 'follow-failed';
}
