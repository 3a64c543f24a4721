// Derives from the history when each instance and the database were up.
import type { HistoryEntry } from '../history.ts';

export interface Interval {
  fromMs: number;
  toMs: number;
}

/** A period without an instance, which died (killed or exited) or was paused. */
export interface Absence extends Interval {
  instanceId: string;
  kind: 'dead' | 'paused';
}

export interface Timeline {
  absences: Absence[];
  outages: Interval[];
  /** Whether an instance was overloaded during any part of the interval. */
  wasOverloaded(instanceId: string, interval: Interval): boolean;
  /** Whether the database and at least one instance were up during the whole interval. */
  hasSurvivor(interval: Interval): boolean;
  /** Whether the database was down during any part of the interval. */
  hasOutage(interval: Interval): boolean;
  /** The absence of an instance at a given time. */
  findAbsence(instanceId: string, atMs: number): Absence | undefined;
}

export function createTimeline(history: readonly HistoryEntry[]): Timeline {
  const ups = new Map<string, number>();
  const absences: Absence[] = [];
  const paused = new Map<string, Absence>();
  const outages: Interval[] = [];
  const overloads: (Interval & { instanceId: string })[] = [];
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
        // A paused instance that is killed has been absent since its pause.
        const fromMs = paused.get(instanceId)?.fromMs ?? atMs;
        if (!absences.some((absence) => absence.kind === 'dead' && absence.instanceId === instanceId))
          absences.push({ instanceId, kind: 'dead', fromMs, toMs: Infinity });
        break;
      }
      case 'database-down':
        outages.push({ fromMs: entry.atMs, toMs: Infinity });
        break;
      case 'overload':
        overloads.push({ instanceId: entry.instanceId, fromMs: entry.atMs, toMs: Infinity });
        break;
      case 'overload-over': {
        const overload = overloads.findLast(({ instanceId }) => instanceId === entry.instanceId);
        if (overload !== undefined) overload.toMs = entry.atMs;
        break;
      }
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
    wasOverloaded: (instanceId, interval) =>
      overloads.some((overload) => overload.instanceId === instanceId && overlap(overload, interval)),
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
