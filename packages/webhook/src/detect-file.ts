// Recognizes an answer that is a file, by its declared type or by its first bytes: a PDF may consist of ASCII alone, and none of it
// is text for a person.

import { notText } from './failures/answer-failures.ts';

const DECLARED: readonly [RegExp, string][] = [
  [/^\s*image\//i, 'an image'],
  [/^\s*audio\//i, 'a sound file'],
  [/^\s*video\//i, 'a video'],
  [/^\s*font\//i, 'a font'],
  [/^\s*application\/pdf\b/i, 'a PDF document'],
  [
    /^\s*application\/(?:zip|gzip|x-tar|x-7z-compressed|vnd\.(?:openxmlformats|ms-|oasis))/i,
    'a document or archive',
  ],
];

/** How files start, in Latin-1. Starts that text may have, too, are followed by a check of the rest. */
const STARTS: readonly [start: string, name: string, isFile?: (text: string) => boolean][] = [
  ['%PDF-', 'a PDF document', (text) => /^\d/.test(text.slice(5))],
  ['\x89PNG', 'an image'],
  ['\xff\xd8\xff', 'an image'],
  ['GIF87a', 'an image', hasNoText],
  ['GIF89a', 'an image', hasNoText],
  ['RIFF', 'an image', (text) => text.startsWith('WEBP', 8)],
  ['RIFF', 'a sound file or a video', (text) => /^(?:WAVE|AVI )/.test(text.slice(8))],
  ['OggS\0', 'a sound file'],
  ['ID3\x02\0', 'a sound file'],
  ['ID3\x03\0', 'a sound file'],
  ['ID3\x04\0', 'a sound file'],
  ['fLaC\0', 'a sound file'],
  ['\xff\xfb', 'a sound file'],
  ['\0\0\0', 'a sound file or a video', (text) => text.startsWith('ftyp', 4)],
  ['\x1aE\xdf\xa3', 'a video'],
  ['PK\x03\x04', 'a document or archive'],
  ['\x1f\x8b', 'an archive'],
];
const FIRST_BYTES = new Set(STARTS.map(([start]) => start.charCodeAt(0)));
const JSON_STARTS = new Set(Buffer.from('{["'));
const START_BYTES = 16;

export class FileDetector {
  readonly #declared: string | undefined;
  // Undefined once the answer is known to be something else.
  #start: Uint8Array | undefined = new Uint8Array(0);

  constructor(contentType: string | null) {
    this.#declared = DECLARED.find(([type]) => type.test(contentType ?? ''))?.[1];
  }

  /** Returns the bytes that are not those of a file. @throws AgentError for a file */
  push(bytes: Uint8Array): Uint8Array {
    if (this.#start === undefined || bytes.length === 0) return bytes;
    const start = this.#start.length === 0 ? bytes : Buffer.concat([this.#start, bytes]);
    // JSON is no file, whatever its type says.
    if (this.#declared !== undefined && !JSON_STARTS.has(start[0] ?? 0)) throw notText(this.#declared);
    if (!FIRST_BYTES.has(start[0] ?? 0)) {
      this.#start = undefined;
      return start;
    }
    if (start.length < START_BYTES && mayBeFile(textOf(start))) {
      // A copy, because the bytes may be a view of a buffer that is about to be reused.
      this.#start = start.slice();
      return new Uint8Array(0);
    }
    return this.#decide(start);
  }

  /** Returns the bytes that were held back. @throws AgentError for a file */
  end(): Uint8Array {
    return this.#start === undefined ? new Uint8Array(0) : this.#decide(this.#start);
  }

  #decide(start: Uint8Array): Uint8Array {
    this.#start = undefined;
    const text = textOf(start);
    const found = STARTS.find(([begin, , isFile]) => text.startsWith(begin) && isFile?.(text) !== false);
    if (found !== undefined) throw notText(found[1]);
    return start;
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, START_BYTES)).toString('latin1');
}

function mayBeFile(text: string): boolean {
  return STARTS.some(([start]) => start.startsWith(text) || text.startsWith(start));
}

/** Whether one of the characters is not printable ASCII. */
function hasNoText(text: string): boolean {
  return /[^\s -~]/.test(text);
}
