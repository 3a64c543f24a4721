import { setImmediate } from 'node:timers/promises';

/** How long a piece of long work may hold the event loop before it takes another turn. */
export const MAX_TURN_MS = 10;

let lastTurn: Promise<unknown> = Promise.resolve();

/** Resolves in a turn of the event loop that nothing else has taken: a hundred long responses hold it as briefly as one. */
export function takeTurn(): Promise<unknown> {
  lastTurn = lastTurn.then(() => setImmediate());
  return lastTurn;
}
