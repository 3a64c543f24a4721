// The memory of this process, which bounds the runs that it accepts. V8 ends a process whose heap is full, and all runs with it.
import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';

/** New runs are refused above this share of the heap. */
const MAX_USED_SHARE = 0.85;
/** The logs of all runs may take this share of the heap that is free at the start. Saving and sending them takes a multiple for a moment. */
const LOGS_SHARE = 0.07;
const SAMPLE_MS = 100;
/**
 * `heap_size_limit` includes V8's space for new objects, which does not hold what lives on: three semi-spaces of 64 MB, unless
 * `--max-semi-space-size` says otherwise.
 */
const NEW_SPACE_BYTES = 192 * 1024 * 1024;

export interface Memory {
  /** The budget of the logs of all runs, in bytes. */
  readonly maxLogBytes: number;
  /** Whether the heap is too full for another run. Cheap: it samples the heap 10 times a second at most. */
  isFull(): boolean;
}

export function createMemory(): Memory {
  const limit = getHeapStatistics().heap_size_limit;
  const maxBytes = limit > NEW_SPACE_BYTES ? limit - NEW_SPACE_BYTES : limit / 2;
  let sampledAt = -Infinity;
  let isFull = false;
  return {
    maxLogBytes: Math.max(maxBytes - oldBytes(), maxBytes / 4) * LOGS_SHARE,
    isFull() {
      const now = performance.now();
      if (now - sampledAt < SAMPLE_MS) return isFull;
      sampledAt = now;
      isFull = oldBytes() > maxBytes * MAX_USED_SHARE;
      return isFull;
    },
  };
}

function oldBytes(): number {
  let bytes = 0;
  for (const { space_name: name, space_used_size: used } of getHeapSpaceStatistics())
    if (!name.startsWith('new_')) bytes += used;
  return bytes;
}
