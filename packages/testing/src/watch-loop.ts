// Measures how long the event loop is held: the CPU time of this thread between two turns of the loop. Unlike the delay of a timer,
// CPU time does not grow when other processes of the machine are busy.

export interface LoopUse {
  /** The longest stretch of work in one turn, in ms of CPU time. */
  heldMs: number;
  /** All work, in ms of CPU time, without the turns that only watched. */
  workedMs: number;
}

const IDLE_TURN_MS = 0.3;

export async function watchLoop<Result>(work: () => Promise<Result>): Promise<LoopUse & { result: Result }> {
  const use: LoopUse = { heldMs: 0, workedMs: 0 };
  let isWatching = true;
  let before = process.threadCpuUsage();
  const watch = (): void => {
    const { user, system } = process.threadCpuUsage(before);
    before = process.threadCpuUsage();
    const ms = (user + system) / 1_000;
    use.heldMs = Math.max(use.heldMs, ms);
    if (ms > IDLE_TURN_MS) use.workedMs += ms;
    if (isWatching) setImmediate(watch);
  };
  setImmediate(watch);
  try {
    const result = await work();
    // The last turn counts, too.
    await new Promise((resolve) => setTimeout(resolve, 5));
    return { ...use, result };
  } finally {
    isWatching = false;
  }
}
