// Checks that enough happened: a run without messages cannot lose any.
import type { HistoryEntry } from '../history.ts';
import type { Violation } from './violation.ts';

export function checkSubstance(
  history: readonly HistoryEntry[],
  { isGentle }: { isGentle: boolean },
): Violation[] {
  const needed = ['send-ack', 'agent-text', 'agent-parts', 'followed', isGentle ? 'term' : 'kill'] as const;
  const seen = new Set(history.map(({ type }) => type));
  return needed
    .filter((type) => !seen.has(type))
    .map((type) => ({ invariant: 'proves-nothing', details: `there was no ${type}` }));
}
