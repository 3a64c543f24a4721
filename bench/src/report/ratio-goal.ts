import type { Goal } from '../benchmark.ts';
import type { Summary } from '../measure/summary.ts';
import { formatNumber } from './format-report.ts';

/** A goal that the median ratio of each case must reach. */
export function ratioGoal(goal: string, atLeast: number, cases: ReadonlyMap<string, Summary>): Goal {
  return goalOf(goal, `>= ${atLeast}`, cases, (ratio) => ratio >= atLeast);
}

/** A goal that the median ratio of no case may exceed. */
export function atMostGoal(goal: string, atMost: number, cases: ReadonlyMap<string, Summary>): Goal {
  return goalOf(goal, `<= ${atMost}`, cases, (ratio) => ratio <= atMost);
}

function goalOf(
  goal: string,
  target: string,
  cases: ReadonlyMap<string, Summary>,
  isMet: (ratio: number) => boolean,
): Goal {
  return {
    goal,
    target,
    measured: [...cases].map(([name, { median }]) => `${name}: ${formatNumber(median)}`).join(', '),
    isMet: [...cases.values()].every(({ median }) => isMet(median)),
  };
}
