// The text a user reads, as it grows: what every format writes to. Turns it into events whose contents, put together,
// are exactly the final text: no white space around it, blank lines between its blocks, and never over the limit.

import { cutToBytes } from './decode-utf8.ts';
import { answerTooLarge } from './failures/answer-failures.ts';

/** An event of an answer, as `callAgent` yields it. */
export type AgentEvent =
  /** The agent's work has moved on: an n8n node began, for example. `description` is that node's name. */
  | { type: 'status'; description: string }
  /** Text to append. With `reset`, it replaces the text so far. White space at the end is held back until more text follows. */
  | { type: 'text'; content: string; reset?: true };

// A reset sends the text anew. This many times the limit in all is plenty for retries, and stops an agent that restarts for ever.
const MAX_SENT_PER_TEXT = 4;
const MAX_STATUS_CHARS = 200;
const NO_EVENTS: readonly AgentEvent[] = [];

export class AnswerText {
  readonly #maxBytes: number;
  #events: AgentEvent[] = [];
  // Kept back until more text follows: white space, and the first half of a character that JSON cut in two.
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

  /** @throws AgentError when the text outgrows its limit; the part within the limit is kept. */
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

  /** What is appended next is a block of its own: a blank line comes between, if both sides have text. */
  separate(): void {
    this.#isBlockStart = true;
    this.#withheld = this.isEmpty ? '' : '\n\n';
  }

  /** Forgets the text so far; what is appended next takes its place. */
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

  /** The events since the last call; text that came together is one event. */
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

/** How much of `text` may be shown before it is known what follows. */
function shownLength(text: string): number {
  const end = text.trimEnd().length;
  const last = text.charCodeAt(end - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff && end === text.length;
  return isHalf ? text.slice(0, end - 1).trimEnd().length : end;
}

/** Lone surrogates and NUL are legal in JSON but not in UTF-8 or a Postgres text: one of them would lose the whole message. */
function clean(text: string): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  return wellFormed.includes('\0') ? wellFormed.replaceAll('\0', '\ufffd') : wellFormed;
}
