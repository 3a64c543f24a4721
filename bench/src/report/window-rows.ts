// Creates the rows of a table that compares the windows of contestants.
import type { Row } from '../benchmark.ts';
import { RAW } from '../contestants/contestants.ts';
import type { WindowResult } from '../measure/measure-window.ts';
import { summarize, summarizeRatios, type Summary } from '../measure/summary.ts';

export type WindowResults = ReadonlyMap<string, readonly WindowResult[]>;

/** @param unit the counted unit, in the singular */
export function windowRows(results: WindowResults, unit: string): Row[] {
  return [...results].map(([name, windows]) => ({
    contestant: name,
    [`${unit}s/s`]: summarize(windows.map(({ unitsPerSecond }) => unitsPerSecond)),
    [`CPU µs a ${unit}`]: summarize(cpuOf(results, name)),
    'of raw': cpuRatio(results, RAW, name),
    'cores: server': median(windows, 'serverLoad'),
    load: median(windows, 'clientLoad'),
    others: median(windows, 'otherLoad'),
  }));
}

/** The number of units that `contestant` serves in the CPU time that `other` needs for one. */
export function cpuRatio(results: WindowResults, other: string, contestant: string): Summary {
  return summarizeRatios(cpuOf(results, other), cpuOf(results, contestant));
}

function cpuOf(results: WindowResults, name: string): number[] {
  const windows = results.get(name);
  if (windows === undefined) throw new Error(`${name} was not measured`);
  return windows.map(({ cpuUsPerUnit }) => cpuUsPerUnit);
}

function median(windows: readonly WindowResult[], key: 'serverLoad' | 'clientLoad' | 'otherLoad'): number {
  return summarize(windows.map((window) => window[key])).median;
}
