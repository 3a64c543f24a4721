// The parts of an answer, from its events. The client's `reduceRunEvents` follows the same rules, and a test compares the two.
import type { AnswerPart, PartUpdate, TextPart } from '@parley/webhook';
import type { RunEvent } from './run-event.ts';

/** Returns null for an answer that is text alone. */
export function collectParts(events: Iterable<RunEvent>): AnswerPart[] | null {
  const parts = new Parts();
  for (const event of events) {
    if (event.type === 'part') parts.update(event.data);
    if (event.type === 'message') {
      const { content, reset, parts: all } = event.data;
      if (all !== undefined) parts.replaceAll(all);
      else if (reset === true) parts.removeText();
      // The text is among the parts if there are any.
      if (all === undefined || all.length === 0) parts.appendText(content);
    }
  }
  return parts.take();
}

class Parts {
  /** In order: text parts by their number, other parts by their id. */
  readonly #parts = new Map<number | string, AnswerPart>();
  #texts = 0;
  /** The last part, if it is text. */
  #lastText: TextPart | undefined;

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
