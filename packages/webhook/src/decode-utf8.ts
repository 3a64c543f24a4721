// An incremental UTF-8 decoder. It emits every complete character, and all valid text before an invalid byte; TextDecoder's
// streaming mode would discard the valid part of that chunk.

export class Utf8Decoder {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #rest: Uint8Array = EMPTY;
  #isInvalid = false;

  /** True after an invalid byte, and after `end()` within a character. */
  get isInvalid(): boolean {
    return this.#isInvalid;
  }

  push(bytes: Uint8Array): string {
    if (this.#isInvalid) return '';
    const data = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const end = data.length - unfinishedBytes(data, data.length);
    // A copy, because the bytes may be a view of a buffer that is about to be reused.
    this.#rest = end === data.length ? EMPTY : data.slice(end);
    const text = this.#decode(data, end);
    if (text !== undefined) return text;
    this.#isInvalid = true;
    return this.#validStart(data);
  }

  end(): void {
    if (this.#rest.length > 0) this.#isInvalid = true;
  }

  #decode(data: Uint8Array, end: number): string | undefined {
    try {
      return this.#decoder.decode(end === data.length ? data : data.subarray(0, end));
    } catch {
      return undefined;
    }
  }

  // Bisects: every start of a valid text is valid, except for its incomplete last character.
  #validStart(data: Uint8Array): string {
    let text = '';
    let valid = 0;
    let invalid = data.length + 1;
    while (invalid - valid > 1) {
      const middle = (valid + invalid) >> 1;
      const start = this.#decode(data, middle - unfinishedBytes(data, middle));
      if (start === undefined) {
        invalid = middle;
      } else {
        valid = middle;
        text = start;
      }
    }
    return text;
  }
}

const EMPTY = new Uint8Array(0);

/** The number of bytes before `end`, 0 to 3, that belong to an incomplete character. */
function unfinishedBytes(data: Uint8Array, end: number): number {
  for (let count = 1; count <= 3 && count <= end; count++) {
    const byte = data[end - count] ?? 0;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return length > count ? count : 0;
    }
  }
  return 0;
}

/** The longest start of `text` that has whole characters and at most `maxBytes` of UTF-8. */
export function cutToBytes(text: string, maxBytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}
