// The parts of an answer, from its events. The client's `reduceRunEvents` follows the same rules, and a test compares the two.
import { setImmediate } from 'node:timers/promises';
import type { AnswerPart, PartUpdate, TextPart } from '@parley/webhook';
import type { RunEvent } from './run-event.ts';

/** Returns null for an answer that is text alone. */
export function collectParts(events: Iterable<RunEvent>): AnswerPart[] | null {
  const parts = new Parts();
  for (const event of events) parts.add(event);
  return parts.take();
}

export interface Answer {
  text: string;
  /** Null if the answer is text alone. */
  parts: AnswerPart[] | null;
}

/** Takes some milliseconds. */
const SLICE_EVENTS = 5_000;

/** The text and the parts of an answer. Many events are read in slices, so that they do not hold the event loop. */
export async function collectAnswer(events: readonly RunEvent[]): Promise<Answer> {
  const parts = new Parts();
  let text = '';
  for (let start = 0; start < events.length; start += SLICE_EVENTS) {
    if (start > 0) await setImmediate();
    const pieces: string[] = [];
    for (const event of events.slice(start, start + SLICE_EVENTS)) {
      parts.add(event);
      if (event.type !== 'message') continue;
      if (event.data.reset === true) {
        text = '';
        pieces.length = 0;
      }
      pieces.push(event.data.content);
    }
    text += pieces.join('');
  }
  return { text, parts: parts.take() };
}

class Parts {
  /** In order: text parts by their number, other parts by their id. */
  readonly #parts = new Map<number | string, AnswerPart>();
  #texts = 0;
  /** The last part, if it is text. */
  #lastText: TextPart | undefined;

  add(event: RunEvent): void {
    if (event.type === 'part') this.update(event.data);
    if (event.type !== 'message') return;
    const { content, reset, parts } = event.data;
    if (parts !== undefined) this.replaceAll(parts);
    else if (reset === true) this.removeText();
    // The text is among the parts if there are any.
    if (parts === undefined || parts.length === 0) this.appendText(content);
  }

  appendText(text: string): void {
    if (text === '') return;
    if (this.#lastText === undefined) {
      this.#texts += 1;
      this.#lastText = { id: `text-${this.#texts}`, type: 'text', text: '' };
      this.#parts.set(this.#texts, this.#lastText);
    }
    this.#lastText.text += text;
  }

  removeText(): void {
    for (let number = 1; number <= this.#texts; number += 1) this.#parts.delete(number);
    this.#texts = 0;
    this.#lastText = undefined;
  }

  update(update: PartUpdate): void {
    const part = this.#parts.get(update.id);
    if (part === undefined) this.#lastText = undefined;
    if (update.type !== 'reasoning-delta') this.#parts.set(update.id, update);
    else if (part === undefined)
      this.#parts.set(update.id, { id: update.id, type: 'reasoning', text: update.delta });
    else if (part.type === 'reasoning')
      this.#parts.set(update.id, { ...part, text: part.text + update.delta });
  }

  replaceAll(parts: readonly AnswerPart[]): void {
    this.#parts.clear();
    this.removeText();
    for (const part of parts) {
      if (part.type === 'text') this.appendText(part.text);
      else this.update(part);
    }
  }

  take(): AnswerPart[] | null {
    return this.#parts.size === this.#texts ? null : [...this.#parts.values()];
  }
}
