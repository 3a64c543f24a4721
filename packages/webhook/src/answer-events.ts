// The events of an answer that its reader has not taken yet: text, parts and statuses, in the order in which they arrived.

import type { PartUpdate } from './answer-part.ts';
import { isHighSurrogate } from './clean-text.ts';

/** An event of an answer, as `callAgent` yields it. */
export type AgentEvent =
  /** The agent's work has moved on: an n8n node began, for example. `description` is that node's name. */
  | { type: 'status'; description: string }
  /** Text to append. With `reset`, it replaces the text so far. White space at the end is held back until more text follows. */
  | { type: 'text'; content: string; reset?: true }
  /** A part beside the text: new, changed or continued. */
  | { type: 'part'; part: PartUpdate };

// Longer text becomes several events, so that every consumer works on it in slices.
const MAX_EVENT_CHARS = 65_536;
const NO_EVENTS: readonly AgentEvent[] = [];

export class AnswerEvents {
  #events: AgentEvent[] = [];
  #isInText = false;
  #segments = 0;

  /** The number of texts that parts separate. Each of them is a part of the message. */
  get segments(): number {
    return this.#segments;
  }

  text(text: string): void {
    if (!this.#isInText) {
      this.#isInText = true;
      this.#segments++;
    }
    const last = this.#events.at(-1);
    if (last?.type === 'text' && last.content.length + text.length <= MAX_EVENT_CHARS) {
      last.content += text;
      return;
    }
    if (text.length <= MAX_EVENT_CHARS) {
      this.#events.push({ type: 'text', content: text });
      return;
    }
    for (let start = 0, end; start < text.length; start = end) {
      end = endOfPiece(text, start);
      this.#events.push({ type: 'text', content: text.slice(start, end) });
    }
  }

  /** Withdraws all text. */
  reset(): void {
    this.#isInText = false;
    this.#segments = 0;
    if (this.#events.at(-1)?.type === 'text') this.#events.pop();
    this.#events.push({ type: 'text', content: '', reset: true });
  }

  status(description: string): void {
    this.#events.push({ type: 'status', description });
  }

  part(part: PartUpdate): void {
    this.#isInText = false;
    const last = this.#events.at(-1);
    const lastPart = last?.type === 'part' && last.part.id === part.id ? last.part : undefined;
    if (
      lastPart?.type === 'reasoning-delta' &&
      part.type === 'reasoning-delta' &&
      lastPart.delta.length + part.delta.length <= MAX_EVENT_CHARS
    ) {
      lastPart.delta += part.delta;
      return;
    }
    // A whole part makes an earlier state of it superfluous.
    if (lastPart !== undefined && part.type !== 'reasoning-delta') this.#events.pop();
    this.#events.push({ type: 'part', part });
  }

  take(): readonly AgentEvent[] {
    if (this.#events.length === 0) return NO_EVENTS;
    const events = this.#events;
    this.#events = [];
    return events;
  }
}

/** The index at which a piece of `text` that starts at `start` ends, never within a surrogate pair. */
function endOfPiece(text: string, start: number): number {
  const end = start + MAX_EVENT_CHARS;
  return end < text.length && isHighSurrogate(text.charCodeAt(end - 1)) ? end - 1 : end;
}
