/** Several measurements of one thing. */
export interface Summary {
  median: number;
  min: number;
  max: number;
}

export function summarize(values: readonly number[]): Summary {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  const min = sorted[0];
  const max = sorted.at(-1);
  if (upper === undefined || min === undefined || max === undefined)
    throw new Error('there is nothing to summarize');
  const lower = sorted.length % 2 === 0 ? (sorted[middle - 1] ?? upper) : upper;
  return { median: (lower + upper) / 2, min, max };
}

/** The ratio of two measurements in each round, so that what disturbed a round disturbs both sides of it. */
export function summarizeRatios(numerators: readonly number[], denominators: readonly number[]): Summary {
  return summarize(numerators.map((value, round) => value / (denominators[round] ?? Number.NaN)));
}
