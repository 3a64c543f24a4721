// Writes a large value as JSON in pieces, between which other requests have their turn.
import type { ResponseStream } from './sse/response-stream.ts';
import { MAX_TURN_MS, takeTurn } from './take-turn.ts';

/** In values and characters of texts. JSON.stringify writes a smaller value in a few milliseconds. */
const MAX_SIZE_AT_ONCE = 150_000;
/** Messages in a batch are on the seventh level. */
const MAX_LEVELS = 10;
/** JSON can have six times as many characters. */
const TEXT_CHARS_AT_ONCE = 16_384;
/** A piece is sent when it is this long, or has taken `MAX_TURN_MS`. */
const MAX_PIECE_CHARS = 262_144;

export interface WriteJsonOptions {
  stream: Pick<ResponseStream, 'isEnded' | 'write' | 'whenReady'>;
  /** Converts a value before it is written, and an object with one property together with its name. */
  convert?: (value: unknown) => unknown;
  maxPieceMs?: number;
}

/** Whether writing a value at once would hold the event loop for long. */
export function isLargeValue(value: unknown): boolean {
  return sizeOf(value, MAX_SIZE_AT_ONCE) > MAX_SIZE_AT_ONCE;
}

/** Writes what JSON.stringify(convert(value)) returns. */
export async function writeJson(
  value: unknown,
  { stream, convert = (given) => given, maxPieceMs = MAX_TURN_MS }: WriteJsonOptions,
): Promise<void> {
  let piece = '';
  await takeTurn();
  let startMs = performance.now();
  for (const text of textsOf(value, convert)) {
    piece += text;
    if (piece.length < MAX_PIECE_CHARS && performance.now() - startMs < maxPieceMs) continue;
    stream.write(piece);
    piece = '';
    await stream.whenReady();
    await takeTurn();
    if (stream.isEnded) return;
    startMs = performance.now();
  }
  stream.write(piece);
}

function* textsOf(value: unknown, convert: (value: unknown) => unknown): Generator<string> {
  if (!isLargeValue(value)) yield JSON.stringify(convert(value)) ?? 'null';
  else if (typeof value === 'string') yield* textsOfString(value);
  else if (Array.isArray(value)) {
    let separator = '[';
    for (const item of value) {
      yield separator;
      yield* textsOf(item, convert);
      separator = ',';
    }
    yield ']';
  } else {
    let separator = '{';
    for (const [name, inner] of Object.entries(value ?? {})) {
      const isLarge = isLargeValue(inner);
      // `"name":value`, or nothing for an undefined value.
      const property = JSON.stringify(convert({ [name]: isLarge ? 0 : inner })).slice(1, -1);
      if (property === '') continue;
      yield separator + (isLarge ? property.slice(0, -1) : property);
      if (isLarge) yield* textsOf(inner, convert);
      separator = ',';
    }
    yield '}';
  }
}

function* textsOfString(string: string): Generator<string> {
  yield '"';
  for (const part of splitText(string, TEXT_CHARS_AT_ONCE)) yield JSON.stringify(part).slice(1, -1);
  yield '"';
}

/** Splits a text into parts of at most so many UTF-16 code units, and no character into its halves. */
export function* splitText(text: string, maxChars: number): Generator<string> {
  for (let at = 0; at < text.length;) {
    let end = Math.min(at + maxChars, text.length);
    if (end < text.length && /[\ud800-\udbff]/.test(text.charAt(end - 1))) end -= 1;
    yield text.slice(at, end);
    at = end;
  }
}

/** Counts no further than `most`, and no deeper than `MAX_LEVELS`: a value may contain itself. */
function sizeOf(value: unknown, most: number, levels = 0): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || 'toJSON' in value || levels > MAX_LEVELS) return 1;
  let size = 1;
  for (const key in value) {
    size += sizeOf(Reflect.get(value, key), most - size, levels + 1);
    if (size > most) break;
  }
  return size;
}
