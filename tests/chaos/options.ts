import { parseArgs } from 'node:util';
import type { FaultKind } from './faults/plan-faults.ts';

export interface ChaosOptions {
  seed: string;
  /** How long things are broken; at most, with `kills`. */
  durationMs: number;
  /** Things are broken until so many instances have been killed. */
  kills: number | undefined;
  instances: number;
  clients: number;
  /** Only orderly restarts, and a network that holds: then no request may fail either. */
  isGentle: boolean;
  isShort: boolean;
  /** Where to put the promises, each as a test that passed or failed. */
  reportFile: string | undefined;
}

const ROUND_MS = 25_000;
/** With the start before it and the settling after it, less than a minute where the machine has other work too. */
const SHORT_MS = 16_000;
/** Far more than one takes: faults are 2 s apart, and most of them are kills. */
const MAX_MS_A_KILL = 15_000;
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
/** Restarting all, one by one, takes longer than a short run lasts. */
const shortKinds = allKinds.filter((kind) => kind !== 'roll');

export function faultKinds({ isGentle, isShort }: ChaosOptions): readonly FaultKind[] {
  if (isGentle) return gentleKinds;
  return isShort ? shortKinds : allKinds;
}

export const usage = `usage: npm run test:chaos -- [options]

  --seed <text>      what all decisions are made from; default: a new one, which is printed
  --rounds <n>       how many rounds of ${ROUND_MS / 1000} s things are broken; default: 1
  --minutes <n>      instead of rounds: for how long
  --short            instead of rounds: ${SHORT_MS / 1000} s, with one fault of each kind first; for CI
  --kills <n>        instead of rounds: until so many instances have been killed
  --instances <n>    server processes; default: 3
  --clients <n>      users who talk at a time; default: 8
  --gentle           only rolling restarts on a network that holds: then no request may fail either
  --report <file>    also as JSON, in the form of vitest's reports: each promise is a test`;

/** @throws Error that says which option cannot be used */
export function readOptions(args: string[]): ChaosOptions {
  const { values } = parseArgs({
    // npm and pnpm differ in whether they pass the separator on.
    args: args.filter((arg) => arg !== '--'),
    options: {
      seed: { type: 'string' },
      rounds: { type: 'string', default: '1' },
      minutes: { type: 'string' },
      kills: { type: 'string' },
      short: { type: 'boolean', default: false },
      instances: { type: 'string', default: '3' },
      clients: { type: 'string', default: '8' },
      gentle: { type: 'boolean', default: false },
      report: { type: 'string' },
    },
  });
  const { kills } = values;
  return {
    seed: values.seed ?? String(Math.floor(Math.random() * 1e9)),
    durationMs: readDuration(values),
    kills: kills === undefined ? undefined : number('kills', kills, 1),
    instances: number('instances', values.instances, 2),
    clients: number('clients', values.clients, 1),
    isGentle: values.gentle,
    isShort: values.short,
    reportFile: values.report,
  };
}

function readDuration(values: { rounds: string; minutes?: string; kills?: string; short: boolean }): number {
  const { rounds, minutes, kills, short } = values;
  if (short) return SHORT_MS;
  if (kills !== undefined) return number('kills', kills, 1) * MAX_MS_A_KILL;
  if (minutes !== undefined) return number('minutes', minutes, 0.1) * 60_000;
  return number('rounds', rounds, 1) * ROUND_MS;
}

function number(name: string, text: string, min: number): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= min) return value;
  throw new Error(`--${name} must be a number of at least ${min}, not "${text}"`);
}
