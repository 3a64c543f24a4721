// Parses JSON from a client. A text is cheap to send and may be expensive to parse, copy and check: JSON.parse alone spends 0.1 s
// on a megabyte of "[[[", and a deserializer and a schema several times as much on a megabyte of "[],[],".
import { TRPCError } from '@trpc/server';

export const MAX_JSON_VALUES = 20_000;
export const MAX_JSON_LEVELS = 128;

/**
 * @throws SyntaxError as JSON.parse does
 * @throws TRPCError PAYLOAD_TOO_LARGE if the text has too many values, keys or levels
 */
export function parseJson(text: string): unknown {
  checkShape(text);
  return JSON.parse(text);
}

/**
 * Counts the marks outside of strings. Each value or key but the first follows one of them.
 * @throws TRPCError PAYLOAD_TOO_LARGE
 */
export function checkShape(text: string): void {
  let values = 0;
  let levels = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x22: // "
        at = endOfString(text, at + 1);
        break;
      case 0x5b: // [
      case 0x7b: // {
        levels += 1;
        values += 1;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        levels -= 1;
        break;
      case 0x2c: // ,
      case 0x3a: // :
        values += 1;
        break;
    }
    if (values > MAX_JSON_VALUES || levels > MAX_JSON_LEVELS) throw tooComplex();
  }
}

/** The index of the quote that ends the string, or the end of the text. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return at;
  }
  return text.length;
}

function tooComplex(): TRPCError {
  const message = `The JSON may have at most ${MAX_JSON_VALUES} values and keys, nested at most ${MAX_JSON_LEVELS} levels deep.`;
  return new TRPCError({ code: 'PAYLOAD_TOO_LARGE', message });
}
