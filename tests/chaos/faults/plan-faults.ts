// Which faults there are, and when: decided from the seed before anything has started.
import type { Random } from '../seeded-random.ts';

export type Fault = { atMs: number } & (
  | { type: 'kill'; slot: number; downMs: number }
  | { type: 'term'; slot: number; downMs: number }
  | { type: 'pause'; slot: number; forMs: number }
  | { type: 'roll' }
  | { type: 'restart-database'; downMs: number }
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
  'cut-database': 8,
  'cut-network': 8,
};
const MIN_GAP_MS = 500;
const MAX_GAP_MS = 3_000;

/** The first comes after a moment in which the clients begin. */
export function planFaults({ random, durationMs, slots, kinds }: FaultPlanOptions): Fault[] {
  const faults: Fault[] = [];
  let atMs = MAX_GAP_MS / 2;
  while (atMs < durationMs) {
    faults.push(makeFault(random, atMs, slots, kinds));
    atMs += random.between(MIN_GAP_MS, MAX_GAP_MS);
  }
  return faults;
}

function makeFault(random: Random, atMs: number, slots: number, kinds: readonly FaultKind[]): Fault {
  const type = pickWeighted(random, kinds);
  const slot = random.between(0, slots - 1);
  switch (type) {
    case 'kill':
    case 'term':
      // Mostly what a supervisor takes; sometimes longer than a lease.
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
    default:
      return { atMs, type };
  }
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
