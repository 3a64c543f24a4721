import { parseArgs } from 'node:util';
import type { FaultKind } from './faults/plan-faults.ts';

export interface ChaosOptions {
  seed: string;
  /** The duration of the faults; with `kills`, the maximum. */
  durationMs: number;
  /** The number of kills after which the faults end. */
  kills: number | undefined;
  instances: number;
  clients: number;
  /** Only graceful restarts and a reliable network, so that no request may fail. */
  isGentle: boolean;
  isShort: boolean;
  /** The file for a report with each promise as a passed or failed test. */
  reportFile: string | undefined;
}

const ROUND_MS = 25_000;
/** Including the start and the settling, the run takes less than a minute even on a busy machine. */
const SHORT_MS = 16_000;
/** Far more than one kill takes: faults are 2 s apart, and most of them are kills. */
const MAX_MS_A_KILL = 15_000;
const allKinds: readonly FaultKind[] = [
  'kill',
  'term',
  'pause',
  'roll',
  'restart-database',
  'freeze-database',
  'fill-disk',
  'overload',
  'cut-database',
  'cut-network',
];
const gentleKinds: readonly FaultKind[] = ['roll', 'term'];
/** A rolling restart takes longer than a short run. */
const shortKinds = allKinds.filter((kind) => kind !== 'roll');

export function faultKinds({ isGentle, isShort }: ChaosOptions): readonly FaultKind[] {
  if (isGentle) return gentleKinds;
  return isShort ? shortKinds : allKinds;
}

export const usage = `usage: npm run test:chaos -- [options]

  --seed <text>      determines all decisions; default: a new seed, which is printed
  --rounds <n>       injects faults for n rounds of ${ROUND_MS / 1000} s; default: 1
  --minutes <n>      injects faults for n minutes instead
  --short            injects faults for ${SHORT_MS / 1000} s instead, one of each kind first; for CI
  --kills <n>        injects faults until n instances have been killed instead
  --instances <n>    number of server processes; default: 3
  --clients <n>      number of concurrent users; default: 8
  --gentle           only graceful restarts on a reliable network, so that no request may fail
  --report <file>    also writes a JSON report in vitest's format, with each promise as a test`;

/** @throws Error that names the invalid option */
export function readOptions(args: string[]): ChaosOptions {
  const { values } = parseArgs({
    // Only one of npm and pnpm passes the separator.
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
