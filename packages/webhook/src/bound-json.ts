// Bounds JSON of an agent that is stored and shown, such as the input of a tool.

import type { JsonValue } from './answer-part.ts';
import { cleanText } from './clean-text.ts';
import { cutToBytes } from './decode-utf8.ts';
import { isRecord } from './text-of-value.ts';

const MAX_BYTES = 65_536;
const MAX_DEPTH = 20;

/** A clean copy of `value`; of a value that is too large or too deep, the start of its JSON as a string. */
export function boundJson(value: unknown): JsonValue {
  const copier = new BoundedCopier();
  const copy = copier.copy(value, 0);
  const json = JSON.stringify(copy);
  if (!copier.isCut && Buffer.byteLength(json) <= MAX_BYTES) return copy;
  // Two bytes for the quotation marks; a character of JSON may need a backslash in a string.
  const preview = typeof copy === 'string' ? copy : json;
  let bytes = MAX_BYTES - 5;
  for (;;) {
    const cut = `${cutToBytes(preview, bytes)}…`;
    const excess = Buffer.byteLength(JSON.stringify(cut)) - MAX_BYTES;
    if (excess <= 0) return cut;
    bytes -= Math.max(excess >> 1, 1);
  }
}

class BoundedCopier {
  #room = MAX_BYTES;
  isCut = false;

  copy(value: unknown, depth: number): JsonValue {
    this.#room--;
    if (typeof value === 'string') return this.#copyString(value);
    if (typeof value === 'number' || typeof value === 'boolean') return value;
    if (!Array.isArray(value) && !isRecord(value)) return null;
    if (depth >= MAX_DEPTH) {
      this.isCut = true;
      return '…';
    }
    if (Array.isArray(value)) {
      const items: JsonValue[] = [];
      for (const item of value as unknown[]) {
        if (this.#isFull()) break;
        items.push(this.copy(item, depth + 1));
      }
      return items;
    }
    const fields: [string, JsonValue][] = [];
    for (const key in value) {
      if (this.#isFull()) break;
      fields.push([this.#copyString(key), this.copy(value[key], depth + 1)]);
    }
    return Object.fromEntries(fields);
  }

  #copyString(text: string): string {
    if (text.length > this.#room) this.isCut = true;
    const kept = cleanText(text.slice(0, Math.max(this.#room, 0)));
    this.#room -= kept.length;
    return kept;
  }

  #isFull(): boolean {
    if (this.#room <= 0) this.isCut = true;
    return this.#room <= 0;
  }
}
