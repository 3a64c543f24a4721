// The growing text of an answer, to which every format writes. It becomes events whose joined contents are the final text:
// trimmed, with blank lines between blocks, and within the limit.

import { cutToBytes } from './decode-utf8.ts';
import { answerTooLarge } from './failures/answer-failures.ts';

/** An event of an answer, as `callAgent` yields it. */
export type AgentEvent =
  /** The agent's work has moved on: an n8n node began, for example. `description` is that node's name. */
  | { type: 'status'; description: string }
  /** Text to append. With `reset`, it replaces the text so far. White space at the end is held back until more text follows. */
  | { type: 'text'; content: string; reset?: true };

// A reset sends the text again. Retries stay far below this multiple of the limit; an agent that restarts for ever reaches it.
const MAX_SENT_PER_TEXT = 4;
const MAX_STATUS_CHARS = 200;
const NO_EVENTS: readonly AgentEvent[] = [];

export class AnswerText {
  readonly #maxBytes: number;
  #events: AgentEvent[] = [];
  // Held back until more text follows: white space, and the first half of a surrogate pair that JSON has split.
  #withheld = '';
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
    added = this.#withheld + added;
    const end = shownLength(added);
    this.#withheld = end === added.length ? '' : added.slice(end);
    if (end > 0) this.#show(added.slice(0, end));
    if (this.#withheld !== '' && this.#bytes + Buffer.byteLength(this.#withheld) > this.#maxBytes) {
      throw answerTooLarge();
    }
  }

  /** Starts a new block: a blank line separates it from the text so far, if both have text. */
  separate(): void {
    this.#isBlockStart = true;
    this.#withheld = this.isEmpty ? '' : '\n\n';
  }

  /** Discards the text so far. The next text replaces it. */
  reset(): void {
    this.#isBlockStart = true;
    this.#withheld = '';
    if (this.isEmpty) return;
    this.#bytes = 0;
    if (this.#events.at(-1)?.type === 'text') this.#events.pop();
    this.#events.push({ type: 'text', content: '', reset: true });
  }

  status(description: string): void {
    const line = clean(description.slice(0, MAX_STATUS_CHARS).replace(/\s+/g, ' ').trim());
    if (line !== '') this.#events.push({ type: 'status', description: line });
  }

  /** The events since the last call. Consecutive pieces of text are one event. */
  take(): readonly AgentEvent[] {
    if (this.#events.length === 0) return NO_EVENTS;
    const events = this.#events;
    this.#events = [];
    return events;
  }

  #show(text: string): void {
    let shown = clean(text);
    const room = this.#maxBytes - this.#bytes;
    const bytes = Buffer.byteLength(shown);
    const isTooLong = bytes > room;
    if (isTooLong) shown = cutToBytes(shown, room).trimEnd();
    if (shown !== '') {
      const last = this.#events.at(-1);
      if (last?.type === 'text') last.content += shown;
      else this.#events.push({ type: 'text', content: shown });
    }
    this.#bytes += isTooLong ? Buffer.byteLength(shown) : bytes;
    this.#sentBytes += bytes;
    if (isTooLong || this.#sentBytes > MAX_SENT_PER_TEXT * this.#maxBytes) throw answerTooLarge();
  }
}

/** The length of the part of `text` that can be shown before more text arrives. */
function shownLength(text: string): number {
  const end = text.trimEnd().length;
  const last = text.charCodeAt(end - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff && end === text.length;
  return isHalf ? text.slice(0, end - 1).trimEnd().length : end;
}

/** Replaces lone surrogates and NUL: JSON allows them, but UTF-8 or Postgres does not, and one would lose the whole message. */
function clean(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\ufffd') : wellFormed;
}
