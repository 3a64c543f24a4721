export interface Memory {
  /** Objects that are in use. */
  heapBytes: number;
  /** Buffers and other memory that objects hold outside of the heap. */
  externalBytes: number;
  /** What the operating system counts, garbage and free pages included. */
  rssBytes: number;
}

/** After a full collection; `node --expose-gc`. */
export function readMemory(): Memory {
  if (globalThis.gc === undefined) throw new Error('start this process with --expose-gc');
  // What has a finalizer is only freed by the collection after the one that finds it.
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapBytes: heapUsed, externalBytes: external, rssBytes: rss };
}
