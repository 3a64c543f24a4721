// A bound on work that takes a thread and memory: as much at once as leaves the process room to breathe, some more that
// waits, and nothing else.

export interface WorkLimitOptions {
  maxConcurrent: number;
  maxQueued: number;
  /** What is thrown where the queue is full, too. */
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
      // The place goes to who waits longest; it is not free in between.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
