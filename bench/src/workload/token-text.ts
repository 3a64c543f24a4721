// A token with its number and its time of creation: `@17:5500123456;`. No encoding of a contestant changes it, so it can be found
// in the bytes of a socket without any decoding.

export function formatToken(seq: number, madeUs: number): string {
  return `@${seq}:${madeUs};`;
}

const AT = 0x40;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const ZERO = 0x30;
const NOTHING = Buffer.alloc(0);

/** Finds the tokens in the bytes of one stream, however they are split. Nothing else in the stream may contain an `@`. */
export class TokenScanner {
  #rest: Buffer = NOTHING;

  scan(bytes: Buffer, onToken: (seq: number, madeUs: number) => void): void {
    const data = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    this.#rest = NOTHING;
    for (let start = data.indexOf(AT); start !== -1; start = data.indexOf(AT, start)) {
      const colon = data.indexOf(COLON, start);
      const end = colon === -1 ? -1 : data.indexOf(SEMICOLON, colon);
      if (end === -1) {
        // The bytes belong to the socket's buffer, which the next read overwrites.
        this.#rest = Buffer.from(data.subarray(start));
        return;
      }
      onToken(readNumber(data, start + 1, colon), readNumber(data, colon + 1, end));
      start = end;
    }
  }
}

function readNumber(data: Buffer, start: number, end: number): number {
  let value = 0;
  for (let index = start; index < end; index++) value = value * 10 + (data[index] ?? 0) - ZERO;
  return value;
}
