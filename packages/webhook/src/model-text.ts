// The words of one model after another, as an agent streams them: the text goes to the answer's text, and what a model thinks
// aloud to the reasoning.

import type { AnswerParts } from './answer-parts.ts';
import type { AnswerText } from './answer-text.ts';
import { ThinkTags } from './think-tags.ts';

export class ModelText {
  readonly #answer: AnswerText;
  readonly #parts: AnswerParts;
  readonly #tags: ThinkTags;
  // The length of the answer's text at the start of the segment, and of the step that may be withdrawn.
  #segmentStart = 0;
  #stepStart = 0;

  constructor(answer: AnswerText, parts: AnswerParts) {
    this.#answer = answer;
    this.#parts = parts;
    answer.keep();
    this.#tags = new ThinkTags({
      text: (text) => answer.append(text),
      reasoning: (text) => parts.think(text),
      endReasoning: () => {
        parts.endThinking();
        answer.segment();
      },
      withdraw: () => {
        const thought = answer.text.slice(this.#segmentStart);
        answer.withdraw(this.#segmentStart);
        parts.think(thought);
        parts.endThinking();
      },
    });
  }

  append(text: string): void {
    this.#tags.push(text);
  }

  /** Reasoning that the agent sends apart from the text. */
  think(text: string): void {
    this.#parts.think(text);
  }

  /** Starts a new segment of the text. */
  segment(): void {
    this.end();
    this.#answer.segment();
    this.#segmentStart = this.#answer.text.length;
  }

  /** Starts a step, which `withdraw` withdraws. */
  beginStep(): void {
    this.segment();
    this.#stepStart = this.#segmentStart;
  }

  withdraw(): void {
    this.#withdrawTo(this.#stepStart);
  }

  /** Replaces all text. */
  replace(text: string): void {
    this.#withdrawTo(0);
    this.append(text);
  }

  /** Replaces the text of the segment. */
  replaceSegment(text: string): void {
    this.#withdrawTo(this.#segmentStart);
    this.append(text);
  }

  /** The model has said everything. What was held back is text. */
  end(): void {
    this.#tags.end();
    this.#parts.endThinking();
  }

  #withdrawTo(start: number): void {
    this.end();
    this.#answer.withdraw(start);
    this.#segmentStart = Math.min(this.#segmentStart, start);
  }
}
