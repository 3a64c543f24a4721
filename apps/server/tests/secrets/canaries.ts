// Canary secrets: planted where secrets belong, and searched for everywhere else.
import { randomBytes } from 'node:crypto';

export interface Canaries {
  /** Creates a secret; `wrap` brings it into the required format. */
  make(name: string, wrap?: (random: string) => string): string;
  /** Adds a secret that the server has created. */
  add(name: string, secret: string): void;
  /** The names of all secrets of which the text contains a part, plain or encoded. */
  findIn(text: string): string[];
}

const RANDOM_BYTES = 18;
/** Errors may quote a part of an unreadable input. */
const MIN_PART_CHARS = 10;

export function createCanaries(): Canaries {
  const forms = new Map<string, string[]>();

  function add(name: string, secret: string): void {
    forms.set(name, [...new Set([...partsOf(secret), ...encodingsOf(secret)])]);
  }

  return {
    add,
    make(name, wrap = (random) => random) {
      const random = randomBytes(RANDOM_BYTES).toString('base64url').replaceAll(/[-_]/g, 'x');
      add(name, random);
      return wrap(random);
    },
    findIn: (text) =>
      [...forms].filter(([, parts]) => parts.some((part) => text.includes(part))).map(([name]) => name),
  };
}

function partsOf(secret: string): string[] {
  return Array.from({ length: Math.max(secret.length - MIN_PART_CHARS, 0) + 1 }, (_, start) =>
    secret.slice(start, start + MIN_PART_CHARS),
  );
}

function encodingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [
    bytes.toString('hex'),
    encodeURIComponent(secret),
    ...[0, 1, 2].flatMap((before) => base64At(bytes, before)),
  ];
}

/** The base64 characters that depend on the secret only, if `before` other bytes precede it. */
function base64At(secret: Buffer, before: number): string[] {
  const bytes = Buffer.concat([Buffer.alloc(before), secret]);
  const [start, end] = [Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6)];
  return [bytes.toString('base64').slice(start, end), bytes.toString('base64url').slice(start, end)];
}
