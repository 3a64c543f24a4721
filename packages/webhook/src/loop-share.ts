// Shares the event loop among all long work that is done at the same time: large pieces of answers are parsed, and long lists
// checked, in slices. All slices of one turn of the loop together take `TURN_MS` at most: the rest waits for later turns, in the order of arrival.

const TURN_MS = 8;

let spentMs = 0;
let isScheduled = false;
const waiting: (() => void)[] = [];

/** Undefined if the caller may work at once; otherwise resolves when it is the caller's turn. Call `endSlice` after the work. */
export function nextSlice(): Promise<void> | undefined {
  if (spentMs < TURN_MS && waiting.length === 0) return undefined;
  return new Promise((resolve) => {
    waiting.push(resolve);
    scheduleTurn();
  });
}

export function endSlice(workedMs: number): void {
  spentMs += workedMs;
  scheduleTurn();
  if (spentMs < TURN_MS) waiting.shift()?.();
}

function scheduleTurn(): void {
  if (isScheduled) return;
  isScheduled = true;
  setImmediate(() => {
    isScheduled = false;
    spentMs = 0;
    waiting.shift()?.();
    if (waiting.length > 0) scheduleTurn();
  });
}
