// Parses long JSON piece by piece, so that a value of megabytes does not hold the event loop, and refuses values that are cheap to
// send and expensive to keep: JSON.parse spends seconds on 16 MB of "[[[". Its result is that of JSON.parse.

import { tooComplex } from './failures/answer-failures.ts';

/** JSON.parse reads up to this length in a few milliseconds, whatever the text is. */
export const LONG_JSON_CHARS = 16_384;
const MAX_DEPTH = 200;
/** Values and keys of a JSON that is parsed in pieces. */
export const MAX_VALUES = 100_000;
/** Values and keys of a JSON that is parsed at once. */
const MAX_VALUES_AT_ONCE = 10_000;
const MAX_TOKEN_CHARS = 1_000;

/** @returns undefined for a text that is not JSON. @throws AgentError if the value is nested too deeply or has too many values */
export function parseJson(text: string, maxValues = MAX_VALUES_AT_ONCE): unknown {
  if (text.length > LONG_JSON_CHARS) {
    const reader = new JsonReader(maxValues);
    reader.write(text);
    return reader.end();
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Container = { items: unknown[] } | { fields: Record<string, unknown>; key: string };

/** The tokens that may come next. `first` is the place after an opening bracket, where the closing bracket may follow. */
type Place = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'comma' | 'nothing';

export class JsonReader {
  readonly #maxValues: number;
  readonly #stack: Container[] = [];
  #place: Place = 'value';
  #value: unknown;
  #values = 0;
  #isInvalid = false;
  // The incomplete number or name; '' if there is none.
  #token = '';
  #isInString = false;
  // The incomplete string: its decoded start, and an escape sequence that the piece has cut.
  #string = '';
  #escape = '';

  constructor(maxValues = MAX_VALUES) {
    this.#maxValues = maxValues;
  }

  /** @throws AgentError if the value is nested too deeply or has too many values */
  write(text: string): void {
    let at = 0;
    while (at < text.length && !this.#isInvalid) {
      if (this.#isInString) at = this.#readString(text, at);
      else if (this.#token !== '') at = this.#readToken(text, at);
      else at = this.#readMark(text, at);
    }
  }

  /** The value, or undefined if the text so far is not one whole value. More white space may follow. */
  end(): unknown {
    if (this.#stack.length === 0 && this.#token !== '') this.#endToken();
    return this.#isInvalid || this.#place !== 'nothing' ? undefined : this.#value;
  }

  #readMark(text: string, at: number): number {
    const mark = text.charCodeAt(at);
    switch (mark) {
      case 0x20:
      case 0x0a:
      case 0x0d:
      case 0x09:
        break;
      case 0x22: // "
        if (this.#place !== 'key' && this.#place !== 'first key') this.#expectValue();
        this.#isInString = true;
        break;
      case 0x5b: // [
        this.#open({ items: [] }, 'first value');
        break;
      case 0x7b: // {
        this.#open({ fields: {}, key: '' }, 'first key');
        break;
      case 0x5d: // ]
      case 0x7d: // }
        this.#close(mark === 0x5d);
        break;
      case 0x2c: // ,
        this.#next();
        break;
      case 0x3a: // :
        if (this.#place === 'colon') this.#place = 'value';
        else this.#isInvalid = true;
        break;
      default:
        this.#expectValue();
        return this.#readToken(text, at);
    }
    return at + 1;
  }

  #expectValue(): void {
    if (this.#place !== 'value' && this.#place !== 'first value') this.#isInvalid = true;
  }

  #open(container: Container, place: Place): void {
    this.#expectValue();
    if (this.#stack.length >= MAX_DEPTH) throw tooComplex();
    this.#stack.push(container);
    this.#place = place;
  }

  #close(isArray: boolean): void {
    const isAllowed = this.#place === 'comma' || this.#place === (isArray ? 'first value' : 'first key');
    const container = this.#stack.pop();
    if (!isAllowed || container === undefined || 'items' in container !== isArray) this.#isInvalid = true;
    else this.#add('items' in container ? container.items : container.fields);
  }

  #next(): void {
    const container = this.#stack.at(-1);
    if (this.#place !== 'comma' || container === undefined) this.#isInvalid = true;
    else this.#place = 'items' in container ? 'value' : 'key';
  }

  #add(value: unknown): void {
    if (++this.#values > this.#maxValues) throw tooComplex();
    const container = this.#stack.at(-1);
    if (container === undefined) {
      this.#value = value;
      this.#place = 'nothing';
      return;
    }
    if ('items' in container) container.items.push(value);
    else if (container.key !== '__proto__') container.fields[container.key] = value;
    else
      Object.defineProperty(container.fields, '__proto__', {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
    this.#place = 'comma';
  }

  #readToken(text: string, start: number): number {
    let end = start;
    while (end < text.length && !isTokenEnd(text.charCodeAt(end))) end++;
    this.#token += text.slice(start, end);
    if (this.#token.length > MAX_TOKEN_CHARS) this.#isInvalid = true;
    else if (end < text.length) this.#endToken();
    return end;
  }

  #endToken(): void {
    const token = this.#token;
    this.#token = '';
    const value = decode(token);
    if (value === undefined) this.#isInvalid = true;
    else this.#add(value);
  }

  #readString(text: string, start: number): number {
    const cut = this.#escape;
    const raw = cut + text.slice(start);
    const quote = endOfString(raw);
    const end = quote ?? raw.length - cutEscapeChars(raw);
    const decoded = decode(`"${raw.slice(0, end)}"`);
    if (typeof decoded !== 'string') {
      this.#isInvalid = true;
      return text.length;
    }
    this.#string += decoded;
    this.#escape = quote === undefined ? raw.slice(end) : '';
    if (quote === undefined) return text.length;
    this.#endString();
    return start + quote + 1 - cut.length;
  }

  #endString(): void {
    const string = this.#string;
    this.#string = '';
    this.#isInString = false;
    const container = this.#stack.at(-1);
    if (this.#place !== 'key' && this.#place !== 'first key') this.#add(string);
    else if (container !== undefined && 'fields' in container) {
      container.key = string;
      this.#place = 'colon';
    }
  }
}

function isTokenEnd(mark: number): boolean {
  return mark <= 0x20 || mark === 0x2c || mark === 0x5d || mark === 0x7d || mark === 0x3a || mark === 0x22;
}

/** The index of the quote that ends the string; undefined if `raw` does not contain it. */
function endOfString(raw: string): number | undefined {
  for (let quote = raw.indexOf('"'); quote !== -1; quote = raw.indexOf('"', quote + 1)) {
    if (backslashesBefore(raw, quote) % 2 === 0) return quote;
  }
  return undefined;
}

/** The length of the escape sequence that begins at the end of `raw` and is not complete. */
function cutEscapeChars(raw: string): number {
  const chars = /(?:\\|\\u[\da-f]{0,3})$/i.exec(raw.slice(-5))?.[0].length ?? 0;
  return chars > 0 && backslashesBefore(raw, raw.length - chars) % 2 === 0 ? chars : 0;
}

function backslashesBefore(raw: string, end: number): number {
  let start = end;
  while (start > 0 && raw.charCodeAt(start - 1) === 0x5c) start--;
  return end - start;
}

function decode(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
