// Decodes an answer's bytes by the charset of its Content-Type, as browsers do: a byte order mark wins over the declaration, and
// text of an unknown or undeclared charset is UTF-8. The text does not depend on how the network splits the bytes.

import { Utf8Decoder } from './decode-utf8.ts';

interface StreamDecoder {
  /** Returns the text of all complete characters, up to the first invalid byte. */
  push(bytes: Uint8Array): string;
  end(): void;
  readonly isInvalid: boolean;
}

export class AnswerDecoder implements StreamDecoder {
  readonly #declared: string;
  #start: Uint8Array = new Uint8Array(0);
  #decoder: StreamDecoder | undefined;
  #encoding: string;

  constructor(contentType: string | null) {
    this.#declared = encodingOf(contentType);
    this.#encoding = this.#declared;
  }

  /** WHATWG's name of the encoding, such as `utf-8`. */
  get encoding(): string {
    return this.#encoding;
  }

  /** True after an invalid byte, and after `end()` within a character. */
  get isInvalid(): boolean {
    return this.#decoder?.isInvalid ?? false;
  }

  push(bytes: Uint8Array): string {
    if (this.#decoder !== undefined) return this.#decoder.push(bytes);
    const start = this.#start.length === 0 ? bytes : Buffer.concat([this.#start, bytes]);
    if (mayBecomeMark(start)) {
      // A copy, because the bytes may be a view of a buffer that is about to be reused.
      this.#start = start.slice();
      return '';
    }
    return this.#open(start).push(start);
  }

  /** Returns the text of a start that was too short to exclude a byte order mark. */
  end(): string {
    const text = this.#decoder === undefined ? this.#open(this.#start).push(this.#start) : '';
    this.#decoder?.end();
    return text;
  }

  #open(start: Uint8Array): StreamDecoder {
    const marked = MARKS.find(({ mark }) => mark.every((byte, index) => start[index] === byte));
    this.#encoding = marked?.encoding ?? this.#declared;
    return (this.#decoder =
      this.#encoding === 'utf-8' ? new Utf8Decoder() : new CharsetDecoder(this.#encoding));
  }
}

const MARKS = [
  { encoding: 'utf-8', mark: [0xef, 0xbb, 0xbf] },
  { encoding: 'utf-16be', mark: [0xfe, 0xff] },
  { encoding: 'utf-16le', mark: [0xff, 0xfe] },
];

function mayBecomeMark(start: Uint8Array): boolean {
  return MARKS.some(
    ({ mark }) => start.length < mark.length && start.every((byte, index) => byte === mark[index]),
  );
}

/** WHATWG's name of the charset that a Content-Type declares. */
export function encodingOf(contentType: string | null): string {
  const label = /;\s*charset\s*=\s*["']?([^\s;"']+)/i.exec(contentType ?? '')?.[1];
  // The standard reads ASCII as windows-1252; an agent that declares ASCII and sends other characters sends UTF-8.
  if (label === undefined || /^(?:us-)?ascii$/i.test(label)) return 'utf-8';
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return 'utf-8';
  }
}

/** The longest piece that is decoded byte by byte if it is invalid. */
const PIECE_BYTES = 1024;

/**
 * TextDecoder discards the valid text of a call that meets an invalid byte. A second decoder stays one piece behind, and decodes
 * the invalid piece byte by byte.
 */
class CharsetDecoder implements StreamDecoder {
  readonly #decoder: InstanceType<typeof TextDecoder>;
  readonly #behind: InstanceType<typeof TextDecoder>;
  #isInvalid = false;

  constructor(encoding: string) {
    this.#decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
    this.#behind = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  }

  get isInvalid(): boolean {
    return this.#isInvalid;
  }

  push(bytes: Uint8Array): string {
    let text = '';
    for (let at = 0; at < bytes.length && !this.#isInvalid; at += PIECE_BYTES) {
      const piece = bytes.subarray(at, at + PIECE_BYTES);
      try {
        text += this.#decoder.decode(piece, { stream: true });
        this.#behind.decode(piece, { stream: true });
      } catch {
        this.#isInvalid = true;
        text += this.#validStart(piece);
      }
    }
    return text;
  }

  end(): void {
    if (this.#isInvalid) return;
    try {
      this.#decoder.decode();
    } catch {
      this.#isInvalid = true;
    }
  }

  #validStart(piece: Uint8Array): string {
    let text = '';
    try {
      for (let at = 0; at < piece.length; at++) {
        text += this.#behind.decode(piece.subarray(at, at + 1), { stream: true });
      }
    } catch {
      // This byte is the invalid one.
    }
    return text;
  }
}
