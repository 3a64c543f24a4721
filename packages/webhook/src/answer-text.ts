// The growing text of an answer, to which every format writes. It becomes events whose joined contents are the final text:
// trimmed, with blank lines between blocks, and within the limit.

import type { AnswerEvents } from './answer-events.ts';
import { cleanLine, cleanText, isHighSurrogate, isPlainToken, shownLength } from './clean-text.ts';
import { cutToBytes } from './decode-utf8.ts';
import { answerTooLarge } from './failures/answer-failures.ts';

// A reset sends the text again. Retries stay far below this multiple of the limit; an agent that restarts for ever reaches it.
const MAX_SENT_PER_TEXT = 4;
const MAX_STATUS_CHARS = 200;
// Further ones are dropped: each is kept in the run's log and in its journal.
const MAX_STATUSES = 10_000;

export class AnswerText {
  readonly #maxBytes: number;
  readonly #events: AnswerEvents;
  // Undefined unless a part of the text may be withdrawn: keeping it costs time for every piece.
  #text: string | undefined;
  #lastPiece = '';
  // Held back until more text follows: white space, and the first half of a surrogate pair that JSON has split. White space is
  // appended without being read again, so that a million pieces of it do not cost a million times its length.
  #withheld = '';
  #withheldBytes = 0;
  #half = '';
  #statuses = 0;
  #isBlockStart = true;
  #isSegmentStart = false;
  #bytes = 0;
  #sentBytes = 0;

  constructor(maxTextBytes: number, events: AnswerEvents) {
    this.#maxBytes = maxTextBytes;
    this.#events = events;
  }

  /** Keeps the text from now on, so that a part of it can be read and withdrawn. */
  keep(): void {
    this.#text ??= '';
  }

  /** The kept text, without white space at its end. */
  get text(): string {
    return this.#text ?? '';
  }

  /** The last piece of the text, as its agent sent it. Reading it is cheap, unlike the text that has grown in pieces. */
  get lastPiece(): string {
    return this.#lastPiece;
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
    } else if (this.#isSegmentStart) {
      if (text === '') return;
      if (this.#half === '' && this.#withheld === '' && !/^\s/.test(text)) this.#withhold('\n\n');
    }
    this.#isSegmentStart = false;
    added = this.#half + added;
    const end = shownLength(added);
    if (end > 0) {
      const shown = this.#withheld + added.slice(0, end);
      this.#withhold('');
      this.#show(shown);
    }
    if (end === added.length) return;
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

  /** Starts a new segment, such as the text after a tool call: a new paragraph, unless there is white space between the two. */
  segment(): void {
    this.#isSegmentStart = true;
  }

  /** Discards the text so far. The next text replaces it. */
  reset(): void {
    this.#isBlockStart = true;
    this.#isSegmentStart = false;
    this.#withhold('');
    if (this.isEmpty) return;
    if (this.#text !== undefined) this.#text = '';
    this.#bytes = 0;
    this.#events.reset();
  }

  /** Discards the text from `start` on, an earlier length of the kept text. */
  withdraw(start: number): void {
    const isKept = start >= this.text.length;
    const kept = isKept ? '' : this.text.slice(0, start);
    if (isKept) this.#withhold('');
    else this.reset();
    if (kept !== '') this.#show(kept);
    this.#isBlockStart = start === 0;
    this.#isSegmentStart = start > 0;
  }

  status(description: string): void {
    const line = cleanLine(description, MAX_STATUS_CHARS);
    if (line !== '' && ++this.#statuses <= MAX_STATUSES) this.#events.status(line);
  }

  #withhold(space: string): void {
    this.#withheld = space;
    this.#withheldBytes = space.length;
    this.#half = '';
  }

  #show(text: string): void {
    const room = this.#maxBytes - this.#bytes;
    const isPlain = isPlainToken(text);
    // A character has at least one byte, so the rest cannot be shown.
    let shown = isPlain ? text : cleanText(text.length > room ? text.slice(0, room + 1) : text);
    const bytes = isPlain ? text.length : Buffer.byteLength(shown);
    const isTooLong = bytes > room;
    if (isTooLong) shown = cutToBytes(shown, room).trimEnd();
    if (shown !== '') this.#events.text(shown);
    if (this.#text !== undefined) this.#text += shown;
    this.#lastPiece = shown;
    this.#bytes += isTooLong ? Buffer.byteLength(shown) : bytes;
    this.#sentBytes += bytes;
    if (isTooLong || this.#sentBytes > MAX_SENT_PER_TEXT * this.#maxBytes) throw answerTooLarge();
  }
}
