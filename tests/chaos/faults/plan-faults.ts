// Plans the faults and their times from the seed before the run starts.
import type { Random } from '../seeded-random.ts';

export type Fault = { atMs: number } & (
  | { type: 'kill'; slot: number; downMs: number }
  | { type: 'term'; slot: number; downMs: number }
  | { type: 'pause'; slot: number; forMs: number }
  | { type: 'roll' }
  | { type: 'restart-database'; downMs: number }
  | { type: 'freeze-database'; forMs: number }
  | { type: 'fill-disk'; forMs: number }
  | { type: 'overload' }
  | { type: 'cut-database' }
  | { type: 'cut-network' }
);

export type FaultKind = Fault['type'];

export interface FaultPlanOptions {
  random: Random;
  durationMs: number;
  slots: number;
  kinds: readonly FaultKind[];
}

const weights: Record<FaultKind, number> = {
  kill: 50,
  term: 12,
  pause: 14,
  roll: 3,
  'restart-database': 5,
  'freeze-database': 5,
  'fill-disk': 4,
  overload: 3,
  'cut-database': 8,
  'cut-network': 8,
};
const MIN_GAP_MS = 500;
const MAX_GAP_MS = 3_000;
/** Faults that last longer end this long after the end of the run. */
const MAX_AFTERMATH_MS = 3_000;

/** The first fault leaves the clients a moment to start. One fault of each kind comes first, so that a short run has every kind. */
export function planFaults({ random, durationMs, slots, kinds }: FaultPlanOptions): Fault[] {
  const faults: Fault[] = [];
  const first = shuffle(random, kinds);
  let atMs = MAX_GAP_MS / 2;
  while (atMs < durationMs || first.length > 0) {
    const type = first.pop() ?? pickWeighted(random, kinds);
    const fault = makeFault(random, type, atMs, slots);
    faults.push(endBy(Math.max(atMs, durationMs) + MAX_AFTERMATH_MS, fault));
    atMs += random.between(MIN_GAP_MS, MAX_GAP_MS);
  }
  return faults;
}

function makeFault(random: Random, type: FaultKind, atMs: number, slots: number): Fault {
  const slot = random.between(0, slots - 1);
  switch (type) {
    case 'kill':
    case 'term':
      // Usually the delay of a supervisor; sometimes longer than a lease.
      return {
        atMs,
        type,
        slot,
        downMs: random.chance(0.15) ? random.between(11_000, 18_000) : random.between(100, 3_000),
      };
    case 'pause':
      return {
        atMs,
        type,
        slot,
        forMs: random.chance(0.6) ? random.between(12_000, 20_000) : random.between(200, 6_000),
      };
    case 'restart-database':
      return { atMs, type, downMs: random.chance(0.3) ? 10_000 : random.between(0, 3_000) };
    case 'fill-disk':
      return { atMs, type, forMs: random.between(1_000, 8_000) };
    case 'freeze-database':
      // Sometimes longer than a lease, and than the time limit of a call.
      return {
        atMs,
        type,
        forMs: random.chance(0.3) ? random.between(11_000, 14_000) : random.between(500, 5_000),
      };
    default:
      return { atMs, type };
  }
}

function endBy(endMs: number, fault: Fault): Fault {
  const maxMs = endMs - fault.atMs;
  if ('downMs' in fault) return { ...fault, downMs: Math.min(fault.downMs, maxMs) };
  if ('forMs' in fault) return { ...fault, forMs: Math.min(fault.forMs, maxMs) };
  return fault;
}

function shuffle<Item>(random: Random, items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ item }) => item);
}

function pickWeighted(random: Random, kinds: readonly FaultKind[]): FaultKind {
  const total = kinds.reduce((sum, kind) => sum + weights[kind], 0);
  let left = random.next() * total;
  for (const kind of kinds) {
    left -= weights[kind];
    if (left < 0) return kind;
  }
  return random.pick(kinds);
}
