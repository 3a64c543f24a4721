import { parseArgs } from 'node:util';
import type { FaultKind } from './faults/plan-faults.ts';

export interface ChaosOptions {
  seed: string;
  /** How long things are broken, in all rounds together. */
  durationMs: number;
  instances: number;
  clients: number;
  /** Only orderly restarts, and a network that holds: then no request may fail either. */
  isGentle: boolean;
}

const ROUND_MS = 25_000;
const allKinds: readonly FaultKind[] = [
  'kill',
  'term',
  'pause',
  'roll',
  'restart-database',
  'cut-database',
  'cut-network',
];
const gentleKinds: readonly FaultKind[] = ['roll', 'term'];

export function faultKinds({ isGentle }: ChaosOptions): readonly FaultKind[] {
  return isGentle ? gentleKinds : allKinds;
}

export const usage = `usage: npm run test:chaos -- [options]

  --seed <text>      what all decisions are made from; default: a new one, which is printed
  --rounds <n>       how many rounds of ${ROUND_MS / 1000} s things are broken; default: 1
  --minutes <n>      instead of rounds: for how long
  --instances <n>    server processes; default: 3
  --clients <n>      users who talk at a time; default: 8
  --gentle           only rolling restarts on a network that holds: then no request may fail either`;

/** @throws Error that says which option cannot be used */
export function readOptions(args: string[]): ChaosOptions {
  const { values } = parseArgs({
    // npm and pnpm differ in whether they pass the separator on.
    args: args.filter((arg) => arg !== '--'),
    options: {
      seed: { type: 'string' },
      rounds: { type: 'string', default: '1' },
      minutes: { type: 'string' },
      instances: { type: 'string', default: '3' },
      clients: { type: 'string', default: '8' },
      gentle: { type: 'boolean', default: false },
    },
  });
  const { minutes } = values;
  return {
    seed: values.seed ?? String(Math.floor(Math.random() * 1e9)),
    durationMs:
      minutes === undefined
        ? number('rounds', values.rounds, 1) * ROUND_MS
        : number('minutes', minutes, 0.1) * 60_000,
    instances: number('instances', values.instances, 2),
    clients: number('clients', values.clients, 1),
    isGentle: values.gentle,
  };
}

function number(name: string, text: string, min: number): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= min) return value;
  throw new Error(`--${name} must be a number of at least ${min}, not "${text}"`);
}
