// Parses n8n's streaming answer. The bytes of real answers show that:
// - `end` and `error` do not end the answer: tool turns, further nodes and error branches follow. Only the end of the body does,
//   and after an `error` it may never come.
// - `begin` for work that has begun and not ended is a retry, which withdraws the text of the first attempt.
// - a node that begins and never ends has failed, unless another node answers after it.

import {
  emptyAnswer,
  reportedError,
  returnedItsInput,
  stoppedHalfway,
  unknownShape,
} from '../failures/answer-failures.ts';
import { errorOfValue, isRecord, textOfValue } from '../text-of-value.ts';
import type { AgentError } from '../agent-error.ts';
import { parseJson } from '../json-reader.ts';
import type { AnswerContext } from './format-parser.ts';
import type { N8nFrame } from './n8n-frame.ts';
import { isEcho } from './json-answer.ts';
import { N8nTexts, type Slot } from './n8n-texts.ts';

interface ReportedError {
  nodeName: string;
  quoted: string;
  at: number;
  /** Whether the answering node failed, which ends the answer. The agent can often handle the error of a tool. */
  isOfAnswer: boolean;
}

export class N8nStream {
  readonly #context: AnswerContext;
  readonly #texts: N8nTexts;
  #frames = 0;
  #statusNode = '';
  // The last error, unless later frames show that the workflow continued.
  #error: ReportedError | undefined;
  #lastQuoted = '';
  #unusable: AgentError | undefined;

  constructor(context: AnswerContext) {
    this.#context = context;
    this.#texts = new N8nTexts(context.answer, context.limits.maxTextBytes);
  }

  get graceMs(): number | undefined {
    if (this.#error === undefined) return undefined;
    const { errorGraceMs, toolErrorGraceMs } = this.#context.limits;
    return this.#error.isOfAnswer ? errorGraceMs : toolErrorGraceMs;
  }

  accept(frame: N8nFrame): void {
    this.#frames++;
    switch (frame.type) {
      case 'begin':
        this.#begin(frame);
        break;
      case 'item':
        this.#item(frame);
        break;
      case 'end':
        this.#end(frame);
        break;
      case 'error':
        this.#reportError(frame);
        break;
      case 'keepalive':
        // A stopped workflow sends no keepalives, so this one is still running.
        if (this.#error !== undefined) this.#error.isOfAnswer = false;
        break;
      default:
        // Ignores types of later versions of n8n.
        break;
    }
  }

  end(): void {
    this.cut();
    const halfway = this.#unhandledSlot();
    if (halfway !== undefined) {
      throw stoppedHalfway(this.#context.quote(halfway.nodeName), this.#lastQuoted);
    }
    if (this.#context.answer.isEmpty) throw this.#unusable ?? emptyAnswer();
  }

  cut(): void {
    this.#texts.flush();
    if (this.#error !== undefined) throw reportedError(this.#error.quoted, this.#error.nodeName);
  }

  #begin(frame: N8nFrame): void {
    if (frame.nodeName !== this.#statusNode) {
      this.#statusNode = frame.nodeName;
      this.#context.answer.status(frame.nodeName);
    }
    const slot = this.#texts.slotOf(frame);
    if (slot.isOpen) this.#texts.restart(slot);
    else this.#texts.beginTurn(slot);
    slot.isOpen = true;
    slot.begunAt = slot.lastAt = this.#frames;
  }

  #item(frame: N8nFrame): void {
    const slot = this.#texts.slotOf(frame);
    slot.lastAt = this.#frames;
    const text = this.#textOf(frame.content, this.#texts.isBlank(slot));
    if (text === '') return;
    this.#texts.append(slot, text);
    if (text.trim() === '') return;
    slot.textAt = this.#frames;
    this.#error = undefined;
  }

  #end(frame: N8nFrame): void {
    const slot = this.#texts.slotOf(frame);
    slot.isOpen = false;
    slot.lastAt = this.#frames;
    if (this.#error !== undefined && slot.begunAt > this.#error.at) this.#error = undefined;
    this.#texts.settle();
  }

  #reportError(frame: N8nFrame): void {
    const quoted = typeof frame.content === 'string' ? this.#context.quote(frame.content) : '';
    // The item index is ignored, since n8n always sends 0 in an error.
    const isOfAnswer = this.#texts.slots.some(
      (slot) => slot.isOpen && slot.nodeId === frame.nodeId && slot.runIndex === frame.runIndex,
    );
    this.#error = { nodeName: this.#context.quote(frame.nodeName), quoted, at: this.#frames, isOfAnswer };
    this.#lastQuoted = quoted;
  }

  /** The first item may be a whole answer of Respond to Webhook, as JSON in a string. Later items are pieces of text. */
  #textOf(content: unknown, isFirst: boolean): string {
    const value = typeof content === 'string' ? (isFirst ? parseObject(content) : undefined) : content;
    if (value === undefined || value === null) return typeof content === 'string' ? content : '';
    const error = errorOfValue(value);
    if (error !== undefined) {
      this.#unusable = reportedError(this.#context.quote(error));
      return '';
    }
    const text = textOfValue(value);
    if (text === undefined) this.#unusable = isEcho(value) ? returnedItsInput() : unknownShape();
    return text ?? '';
  }

  #unhandledSlot(): Slot | undefined {
    const slots = this.#texts.slots;
    return slots.find(
      (slot) =>
        slot.isOpen &&
        !slots.some(
          (other) =>
            other.textAt > slot.lastAt && (other.nodeId !== slot.nodeId || other.runIndex !== slot.runIndex),
        ),
    );
  }
}

/** Parses a non-empty object, or an array of them. `{}`, `[]` and `[1]` may be text of a model. */
function parseObject(content: string): unknown {
  const start = content.trimStart()[0];
  if (start !== '{' && start !== '[') return undefined;
  const value = parseJson(content);
  const items: unknown[] = Array.isArray(value) ? value : [value];
  const hasFields = (item: unknown) => isRecord(item) && Object.keys(item).length > 0;
  return items.length > 0 && items.every(hasFields) ? value : undefined;
}
