// Writes a large object as JSON in pieces, between which other requests have their turn.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ResponseStream } from '@parley/trpc-node';

/** How long a piece may hold the event loop, apart from its last item. */
const MAX_PIECE_MS = 10;

export interface WriteJsonOptions {
  stream: Pick<ResponseStream, 'isEnded' | 'write' | 'whenReady' | 'end'>;
  /** Converts a value before it is written, and an object with one property together with its name. */
  convert: (value: unknown) => unknown;
  maxPieceMs?: number;
}

/** Writes what JSON.stringify(convert(object)) returns. Arrays in the object itself are written item by item. */
export async function writeJson(
  object: Record<string, unknown>,
  { stream, convert, maxPieceMs = MAX_PIECE_MS }: WriteJsonOptions,
): Promise<void> {
  let separator = '{';
  for (const [name, value] of Object.entries(object)) {
    const items = Array.isArray(value) ? value : undefined;
    // `"name":value`, or nothing for an undefined value.
    const property = JSON.stringify(convert({ [name]: items === undefined ? value : [] })).slice(1, -1);
    if (property === '') continue;
    stream.write(separator + (items === undefined ? property : property.slice(0, -1)));
    separator = ',';
    if (items !== undefined) await writeItems(items, { stream, convert, maxPieceMs });
  }
  stream.end(separator === '{' ? '{}' : '}');
}

async function writeItems(
  items: readonly unknown[],
  { stream, convert, maxPieceMs }: Required<WriteJsonOptions>,
): Promise<void> {
  let piece = '';
  let startMs = performance.now();
  for (const [index, item] of items.entries()) {
    piece += (index === 0 ? '' : ',') + (JSON.stringify(convert(item)) ?? 'null');
    if (performance.now() - startMs < maxPieceMs) continue;
    stream.write(piece);
    piece = '';
    await stream.whenReady();
    await nextTurn();
    if (stream.isEnded) return;
    startMs = performance.now();
  }
  stream.write(`${piece}]`);
}
