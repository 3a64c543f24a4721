// When each instance and the database were up, as a function of the history.
import type { HistoryEntry } from '../history.ts';

export interface Interval {
  fromMs: number;
  toMs: number;
}

/** Why an instance was not there: killed or exited for good, or stopped for a while. */
export interface Absence extends Interval {
  instanceId: string;
  kind: 'dead' | 'paused';
}

export interface Timeline {
  absences: Absence[];
  outages: Interval[];
  /** Whether some instance and the database were up all through an interval. */
  hasSurvivor(interval: Interval): boolean;
  /** Whether the database was away in some part of an interval. */
  hasOutage(interval: Interval): boolean;
  /** The absence of an instance that a moment falls in. */
  findAbsence(instanceId: string, atMs: number): Absence | undefined;
}

export function createTimeline(history: readonly HistoryEntry[]): Timeline {
  const ups = new Map<string, number>();
  const absences: Absence[] = [];
  const paused = new Map<string, Absence>();
  const outages: Interval[] = [];
  for (const entry of history) {
    switch (entry.type) {
      case 'up':
        ups.set(entry.instanceId, entry.atMs);
        break;
      case 'pause': {
        const { instanceId, atMs } = entry;
        const pause: Absence = { instanceId, kind: 'paused', fromMs: atMs, toMs: Infinity };
        paused.set(instanceId, pause);
        absences.push(pause);
        break;
      }
      case 'resume': {
        const pause = paused.get(entry.instanceId);
        if (pause !== undefined) pause.toMs = entry.atMs;
        paused.delete(entry.instanceId);
        break;
      }
      case 'kill':
      case 'exit': {
        const { instanceId, atMs } = entry;
        // One that was stopped when it was killed had gone before.
        const fromMs = paused.get(instanceId)?.fromMs ?? atMs;
        if (!absences.some((absence) => absence.kind === 'dead' && absence.instanceId === instanceId))
          absences.push({ instanceId, kind: 'dead', fromMs, toMs: Infinity });
        break;
      }
      case 'database-down':
        outages.push({ fromMs: entry.atMs, toMs: Infinity });
        break;
      case 'database-up': {
        const outage = outages.at(-1);
        if (outage !== undefined) outage.toMs = entry.atMs;
        break;
      }
      default:
    }
  }

  const hasOutage = (interval: Interval): boolean => outages.some((outage) => overlap(outage, interval));
  return {
    absences,
    outages,
    hasOutage,
    hasSurvivor: (interval) =>
      !hasOutage(interval) &&
      [...ups].some(
        ([instanceId, upMs]) =>
          upMs <= interval.fromMs &&
          !absences.some((absence) => absence.instanceId === instanceId && overlap(absence, interval)),
      ),
    findAbsence: (instanceId, atMs) =>
      absences.find(
        (absence) => absence.instanceId === instanceId && absence.fromMs <= atMs && atMs <= absence.toMs,
      ),
  };
}

function overlap(one: Interval, other: Interval): boolean {
  return one.fromMs <= other.toMs && other.fromMs <= one.toMs;
}
