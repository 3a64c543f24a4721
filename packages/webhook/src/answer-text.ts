// The growing text of an answer, to which every format writes. It becomes events whose joined contents are the final text:
// trimmed, with blank lines between blocks, and within the limit.

import type { PartUpdate } from './answer-part.ts';
import { cutToBytes } from './decode-utf8.ts';
import { answerTooLarge } from './failures/answer-failures.ts';

/** An event of an answer, as `callAgent` yields it. */
export type AgentEvent =
  /** The agent's work has moved on: an n8n node began, for example. `description` is that node's name. */
  | { type: 'status'; description: string }
  /** Text to append. With `reset`, it replaces the text so far. White space at the end is held back until more text follows. */
  | { type: 'text'; content: string; reset?: true }
  /** A part beside the text: new, changed or continued. */
  | { type: 'part'; part: PartUpdate };

// A reset sends the text again. Retries stay far below this multiple of the limit; an agent that restarts for ever reaches it.
const MAX_SENT_PER_TEXT = 4;
const MAX_STATUS_CHARS = 200;
// Further ones are dropped: each is kept in the run's log and in its journal.
const MAX_STATUSES = 10_000;
// Longer text becomes several events, so that every consumer works on it in slices.
const MAX_EVENT_CHARS = 65_536;
const NO_EVENTS: readonly AgentEvent[] = [];

export class AnswerText {
  readonly #maxBytes: number;
  #events: AgentEvent[] = [];
  // Held back until more text follows: white space, and the first half of a surrogate pair that JSON has split. White space is
  // appended without being read again, so that a million pieces of it do not cost a million times its length.
  #withheld = '';
  #withheldBytes = 0;
  #half = '';
  #statuses = 0;
  #isBlockStart = true;
  #bytes = 0;
  #sentBytes = 0;

  constructor(maxTextBytes: number) {
    this.#maxBytes = maxTextBytes;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  /** @throws AgentError if the text exceeds its limit; the part within the limit is kept */
  append(text: string): void {
    let added = text;
    if (this.#isBlockStart) {
      added = text.trimStart();
      if (added === '') return;
      this.#isBlockStart = false;
    }
    added = this.#half + added;
    const end = shownLength(added);
    if (end > 0) {
      const shown = this.#withheld + added.slice(0, end);
      this.#withhold('');
      this.#show(shown);
    }
    const rest = added.slice(end);
    this.#half = isHighSurrogate(rest.charCodeAt(rest.length - 1)) ? rest.slice(-1) : '';
    const space = this.#half === '' ? rest : rest.slice(0, -1);
    this.#withheld += space;
    this.#withheldBytes += Buffer.byteLength(space);
    if (this.#bytes + this.#withheldBytes > this.#maxBytes) throw answerTooLarge();
  }

  /** Starts a new block: a blank line separates it from the text so far, if both have text. */
  separate(): void {
    this.#isBlockStart = true;
    this.#withhold(this.isEmpty ? '' : '\n\n');
  }

  /** Discards the text so far. The next text replaces it. */
  reset(): void {
    this.#isBlockStart = true;
    this.#withhold('');
    if (this.isEmpty) return;
    this.#bytes = 0;
    if (this.#events.at(-1)?.type === 'text') this.#events.pop();
    this.#events.push({ type: 'text', content: '', reset: true });
  }

  status(description: string): void {
    const line = clean(description.slice(0, MAX_STATUS_CHARS).replace(/\s+/g, ' ').trim());
    if (line !== '' && ++this.#statuses <= MAX_STATUSES)
      this.#events.push({ type: 'status', description: line });
  }

  /** The events since the last call. Consecutive pieces of text are one event of up to `MAX_EVENT_CHARS`. */
  take(): readonly AgentEvent[] {
    if (this.#events.length === 0) return NO_EVENTS;
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #emit(text: string): void {
    const last = this.#events.at(-1);
    if (last?.type === 'text' && last.content.length + text.length <= MAX_EVENT_CHARS) {
      last.content += text;
      return;
    }
    for (let start = 0, end; start < text.length; start = end) {
      end = endOfPiece(text, start);
      this.#events.push({ type: 'text', content: text.slice(start, end) });
    }
  }

  #withhold(space: string): void {
    this.#withheld = space;
    this.#withheldBytes = space.length;
    this.#half = '';
  }

  #show(text: string): void {
    const room = this.#maxBytes - this.#bytes;
    // A character has at least one byte, so the rest cannot be shown.
    let shown = clean(text.length > room ? text.slice(0, room + 1) : text);
    const bytes = Buffer.byteLength(shown);
    const isTooLong = bytes > room;
    if (isTooLong) shown = cutToBytes(shown, room).trimEnd();
    if (shown !== '') this.#emit(shown);
    this.#bytes += isTooLong ? Buffer.byteLength(shown) : bytes;
    this.#sentBytes += bytes;
    if (isTooLong || this.#sentBytes > MAX_SENT_PER_TEXT * this.#maxBytes) throw answerTooLarge();
  }
}

/** The index at which a piece of `text` that starts at `start` ends, never within a surrogate pair. */
function endOfPiece(text: string, start: number): number {
  const end = start + MAX_EVENT_CHARS;
  return end < text.length && isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end;
}

/** The length of the part of `text` that can be shown before more text arrives. */
function shownLength(text: string): number {
  const end = text.trimEnd().length;
  const isHalf = end === text.length && isHighSurrogate(text.charCodeAt(end - 1));
  return isHalf ? text.slice(0, end - 1).trimEnd().length : end;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** Replaces lone surrogates and NUL: JSON allows them, but UTF-8 or Postgres does not, and one would lose the whole message. */
function clean(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\0') ? withoutNul(wellFormed) : wellFormed;
}

/** A hundred times as fast as `replaceAll` for a text of many NULs. */
function withoutNul(text: string): string {
  const bytes = Buffer.from(text, 'utf16le');
  for (let at = 0; at < bytes.length; at += 2) {
    if (bytes[at] === 0 && bytes[at + 1] === 0) bytes.writeUInt16LE(0xfffd, at);
  }
  return bytes.toString('utf16le');
}
