// Parses n8n's streaming answer. The bytes of real answers show that:
// - `end` and `error` do not end the answer: tool turns, further nodes and error branches follow. Only the end of the body does,
//   and after an `error` it may never come.
// - `begin` for work that has begun and not ended is a retry, which withdraws the text of the first attempt.
// - a node that begins and never ends has failed, unless another node answers after it.

import type { AgentError } from '../agent-error.ts';
import { noAnswerNode, stoppedHalfway, withoutText } from '../failures/answer-failures.ts';
import { reportedFailure } from '../failures/reported-failure.ts';
import { parseJson } from '../json-reader.ts';
import { errorOfValue } from '../reported-error.ts';
import { isRecord, textAtPath, textOfValue } from '../text-of-value.ts';
import type { AnswerContext } from './format-parser.ts';
import { failureOf, isEcho } from './json-answer.ts';
import { readBesideText } from './known/beside-text.ts';
import { nothing } from './known/streamed-step.ts';
import type { N8nFrame } from './n8n-frame.ts';
import { N8nTexts, type Slot } from './n8n-texts.ts';
import { isBlank } from './same-text.ts';
import { StreamedText } from './streamed-text.ts';

// The node whose items are values by default; those of an agent are words, whatever they look like.
const RESPONDER = /^respond\b/i;
// More than is quoted.
const MAX_ERROR_CHARS = 4_096;
const MAX_ASIDE_CHARS = 65_536;
const MAX_ASIDE_NODES = 20;

interface ReportedError {
  nodeName: string;
  said: string;
  at: number;
  /** Whether the answering node failed, which ends the answer. The agent can often handle the error of a tool. */
  isOfAnswer: boolean;
}

export class N8nStream {
  readonly #context: AnswerContext;
  readonly #texts: N8nTexts;
  readonly #asideNodes = new Set<string>();
  #frames = 0;
  #statusNode = '';
  // The last error, unless later frames show that the workflow continued.
  #error: ReportedError | undefined;
  #lastSaid = '';
  #unusable: AgentError | undefined;

  constructor(context: AnswerContext) {
    this.#context = context;
    this.#texts = new N8nTexts(context.answer, context.parts, context.limits.maxTextBytes);
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
    const { answer, parts, quote } = this.#context;
    const halfway = this.#unhandledSlot();
    if (halfway !== undefined) throw stoppedHalfway(quote(halfway.nodeName), quote(this.#lastSaid));
    if (!answer.isEmpty) return;
    const isAside = this.#asideNodes.size > 0;
    throw withoutText(
      parts,
      isAside ? noAnswerNode(quote([...this.#asideNodes].join(', '))) : this.#unusable,
    );
  }

  cut(): void {
    for (const slot of this.#texts.slots) this.#endTurn(slot);
    this.#texts.flush();
    if (this.#error === undefined) return;
    const { said, nodeName } = this.#error;
    const { quote } = this.#context;
    throw reportedFailure({ message: said, code: '' }, quote, quote(nodeName));
  }

  #begin(frame: N8nFrame): void {
    const { answer, parts } = this.#context;
    if (frame.nodeName !== this.#statusNode) {
      this.#statusNode = frame.nodeName;
      answer.status(frame.nodeName);
    }
    const slot = this.#texts.slotOf(frame);
    if (slot.isOpen) {
      slot.held = undefined;
      this.#texts.restart(slot);
    } else {
      this.#texts.beginTurn(slot);
    }
    slot.isOpen = true;
    slot.begunAt = slot.lastAt = this.#frames;
    if (this.#isAnswer(slot)) {
      parts.beginStep(stepOf(slot), slot.nodeName);
    } else if (slot.aside === undefined) {
      slot.aside = { call: `node ${this.#frames}`, text: '' };
      parts.tool({ call: slot.aside.call, name: slot.nodeName, isComplete: true });
    }
  }

  #item(frame: N8nFrame): void {
    const slot = this.#texts.slotOf(frame);
    slot.lastAt = this.#frames;
    const { content } = frame;
    if (typeof content !== 'string') {
      if (content !== undefined && content !== null) this.#say(slot, this.#textOf(slot, content, ''));
      return;
    }
    if (slot.held !== undefined) {
      slot.held.text += content;
      if (isBlank(content)) return;
      const { text } = slot.held;
      slot.held = undefined;
      this.#say(slot, text);
      return;
    }
    const value = this.#texts.isBlank(slot) ? parseObject(content) : undefined;
    if (value === undefined) this.#say(slot, content);
    else slot.held = { text: content, value };
  }

  #say(slot: Slot, text: string): void {
    if (text === '') return;
    if (this.#isAnswer(slot)) this.#texts.append(slot, text);
    else this.#sayAside(slot, text);
    if (isBlank(text)) return;
    slot.textAt = this.#frames;
    this.#error = undefined;
  }

  #sayAside(slot: Slot, text: string): void {
    if (this.#asideNodes.size < MAX_ASIDE_NODES) this.#asideNodes.add(slot.nodeName);
    const aside = (slot.aside ??= { call: `node ${this.#frames}`, text: '' });
    aside.text += text.slice(0, MAX_ASIDE_CHARS - aside.text.length);
  }

  #end(frame: N8nFrame): void {
    const slot = this.#texts.slotOf(frame);
    this.#endTurn(slot);
    slot.isOpen = false;
    slot.lastAt = this.#frames;
    if (this.#error !== undefined && slot.begunAt > this.#error.at) this.#error = undefined;
    this.#texts.settle();
    this.#context.parts.endStep(stepOf(slot));
  }

  #endTurn(slot: Slot): void {
    const { held } = slot;
    slot.held = undefined;
    if (held !== undefined) this.#say(slot, this.#textOf(slot, held.value, held.text));
    slot.tags.end();
    if (slot.aside === undefined || slot.aside.text === '') return;
    const { call, text } = slot.aside;
    this.#context.parts.tool({ call, name: slot.nodeName, output: text });
    slot.aside = undefined;
  }

  #reportError(frame: N8nFrame): void {
    const said = typeof frame.content === 'string' ? frame.content.slice(0, MAX_ERROR_CHARS) : '';
    // The item index is ignored, since n8n always sends 0 in an error.
    const isOfAnswer = this.#texts.slots.some(
      (slot) => slot.isOpen && slot.nodeId === frame.nodeId && slot.runIndex === frame.runIndex,
    );
    this.#error = { nodeName: frame.nodeName, said, at: this.#frames, isOfAnswer };
    this.#lastSaid = said;
  }

  #isAnswer({ nodeName }: Slot): boolean {
    const { answerNodes } = this.#context;
    return answerNodes.size === 0 || answerNodes.has(nodeName);
  }

  /** The text of a value, with which a slot has said everything. `words` is the value as the node wrote it. */
  #textOf(slot: Slot, value: unknown, words: string): string {
    const { answerField, quote } = this.#context;
    const error = errorOfValue(value);
    const found = answerField === undefined ? undefined : textAtPath(value, answerField);
    const text = found ?? (error === undefined ? textOfValue(value) : undefined);
    if (text !== undefined) {
      this.#addParts(value);
      return text;
    }
    if (words !== '' && !RESPONDER.test(slot.nodeName) && !isEcho(value)) return words;
    this.#unusable = error === undefined ? failureOf(value, this.#context) : reportedFailure(error, quote);
    return '';
  }

  #addParts(value: unknown): void {
    const steps = isRecord(value) ? readBesideText(value).filter((step) => step !== nothing) : [];
    if (steps.length > 0) new StreamedText(this.#context).take(steps);
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

function stepOf({ runIndex, nodeId }: Slot): string {
  return `${runIndex}/${nodeId}`;
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
