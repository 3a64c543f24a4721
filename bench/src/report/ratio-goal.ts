import type { Goal } from '../benchmark.ts';
import type { Summary } from '../measure/summary.ts';
import { formatNumber } from './format-cell.ts';

/** A goal that a ratio must reach in each of several cases; medians decide. */
export function ratioGoal(goal: string, atLeast: number, cases: ReadonlyMap<string, Summary>): Goal {
  return {
    goal,
    target: `>= ${atLeast}`,
    measured: [...cases].map(([name, { median }]) => `${name}: ${formatNumber(median)}`).join(', '),
    isMet: [...cases.values()].every(({ median }) => median >= atLeast),
  };
}
