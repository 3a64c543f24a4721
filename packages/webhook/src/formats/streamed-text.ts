// Turns a stream of JSON values into an answer. It knows the events of several agents by their shape, and otherwise reads the
// usual fields. The formats that use it parse the framing: events or lines.

import type { AgentError } from '../agent-error.ts';
import { noAnswerField, unknownShape, withoutText } from '../failures/answer-failures.ts';
import { reportedFailure } from '../failures/reported-failure.ts';
import { ModelText } from '../model-text.ts';
import { errorOfValue } from '../reported-error.ts';
import { fieldsOf, textAtPath, textOfValue, type UnknownRecord } from '../text-of-value.ts';
import type { AnswerContext } from './format-parser.ts';
import { readKnownEvent } from './known/read-known.ts';
import type { StreamedStep, StreamedSteps } from './known/streamed-step.ts';

// Far above the needs of any agent.
const MAX_MESSAGES = 1_000;

export class StreamedText {
  readonly #context: AnswerContext;
  readonly #words: ModelText;
  // The texts of the messages so far, by their ids: some agents send them again.
  readonly #messages = new Map<string, string>();
  #message: string | undefined;
  #isDone = false;
  #unusable: AgentError | undefined;

  constructor(context: AnswerContext) {
    this.#context = context;
    this.#words = new ModelText(context.answer, context.parts);
  }

  /** Whether the agent has marked the answer as complete. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** @throws AgentError if the value reports an error */
  accept(value: UnknownRecord): void {
    const { answerField, quote } = this.#context;
    const steps = answerField === undefined ? readKnownEvent(value) : undefined;
    if (steps !== undefined) {
      this.take(steps);
      return;
    }
    const error = errorOfValue(value);
    if (error !== undefined) throw reportedFailure(error, quote);
    const text = answerField === undefined ? textOfValue(value, '') : textAtPath(value, answerField);
    if (text !== undefined) this.append(text);
    else if (answerField === undefined) this.#unusable = unknownShape(quote(fieldsOf(value)));
    else this.#unusable = noAnswerField(quote(answerField), quote(fieldsOf(value)));
  }

  /** Data of an unknown shape. */
  refuse(value: unknown): void {
    this.#unusable = unknownShape(this.#context.quote(fieldsOf(value)));
  }

  append(text: string): void {
    if (text !== '') this.#context.parts.settleTools();
    this.#words.append(text);
  }

  complete(): void {
    this.#isDone = true;
  }

  /** @throws AgentError if the answer has no text */
  end(): void {
    this.#words.end();
    if (this.#context.answer.isEmpty) throw withoutText(this.#context.parts, this.#unusable);
  }

  cut(): void {
    this.#words.end();
  }

  /** @throws AgentError if a step is an error */
  take(steps: StreamedSteps): void {
    if ('type' in steps) this.#take(steps);
    else for (const step of steps) if (!this.#isDone) this.#take(step);
  }

  #take(step: StreamedStep): void {
    const { answer, parts, quote } = this.#context;
    switch (step.type) {
      case 'text':
        if (step.message !== undefined) this.#addToMessage(step.message, step.text);
        else this.append(step.text);
        break;
      case 'message':
        this.#updateMessage(step.message, step.text);
        break;
      case 'segment':
        this.#words.segment();
        break;
      case 'step':
        this.#words.beginStep();
        break;
      case 'withdraw':
        this.#words.withdraw();
        break;
      case 'replace':
        this.#words.replace(step.text);
        break;
      case 'whole':
        if (answer.isEmpty) this.append(step.text);
        this.#isDone ||= step.isEnd;
        break;
      case 'status':
        answer.status(step.description);
        break;
      case 'reasoning':
        this.#words.think(step.text);
        break;
      case 'tool':
        parts.tool(step.tool);
        break;
      case 'begin':
        parts.beginStep(step.key, step.name);
        break;
      case 'finish':
        parts.endStep(step.key);
        break;
      case 'source':
        parts.source(step);
        break;
      case 'notice':
        parts.notice(step.reason);
        break;
      case 'error':
        throw reportedFailure(step.error, quote);
      case 'end':
        this.#isDone = true;
        break;
      case 'nothing':
        break;
    }
  }

  #addToMessage(message: string, text: string): void {
    if (this.#message !== message) {
      this.#message = message;
      this.#words.segment();
    }
    this.#remember(message, (this.#messages.get(message) ?? '') + text);
    this.append(text);
  }

  #updateMessage(message: string, text: string): void {
    const said = this.#messages.get(message) ?? '';
    if (text === said) return;
    if (text.startsWith(said)) {
      // A message that was streamed without its id.
      if (this.#message === undefined && text.trim() === this.#context.answer.text) return;
      this.#addToMessage(message, text.slice(said.length));
    } else if (message === this.#message) {
      this.#remember(message, text);
      this.#words.replaceSegment(text);
    }
  }

  #remember(message: string, text: string): void {
    if (this.#messages.size < MAX_MESSAGES || this.#messages.has(message)) this.#messages.set(message, text);
  }
}
