// Limits concurrent work that needs a thread and memory: a bounded queue waits, and further work is refused.

export interface WorkLimitOptions {
  maxConcurrent: number;
  maxQueued: number;
  /** Makes the error for work that finds the queue full. */
  onFull: () => Error;
}

type WorkLimit = <Result>(work: () => Promise<Result>) => Promise<Result>;

export function createWorkLimit({ maxConcurrent, maxQueued, onFull }: WorkLimitOptions): WorkLimit {
  const waiting: (() => void)[] = [];
  let running = 0;

  return async (work) => {
    if (running < maxConcurrent) running += 1;
    else if (waiting.length < maxQueued) await new Promise<void>((resolve) => waiting.push(resolve));
    else throw onFull();
    try {
      return await work();
    } finally {
      // The slot passes directly to the longest waiter, so newer work cannot take it in between.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
