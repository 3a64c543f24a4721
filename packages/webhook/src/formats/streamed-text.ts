// Turns a stream of JSON values into the answer's text. It knows the events of several agents by their shape, and otherwise reads
// the usual fields. The formats that use it parse the framing: events or lines.

import type { AgentError } from '../agent-error.ts';
import { emptyAnswer, reportedError, unknownShape } from '../failures/answer-failures.ts';
import { errorOfValue, textOfValue, type UnknownRecord } from '../text-of-value.ts';
import type { AnswerContext } from './format-parser.ts';
import { readAiSdkChunk } from './known/ai-sdk.ts';
import { readDifyEvent } from './known/dify.ts';
import { readFlowiseEvent } from './known/flowise.ts';
import { readLangServeEvent } from './known/langserve.ts';
import { readOllamaLine } from './known/ollama.ts';
import { readOpenAiResponseEvent } from './known/openai-responses.ts';
import type { StreamedStep } from './known/streamed-step.ts';

export class StreamedText {
  readonly #context: AnswerContext;
  #isDone = false;
  #unusable: AgentError | undefined;
  // The text so far; kept only for agents that may withdraw a step.
  #said: string | undefined;
  #saidBeforeStep = '';

  constructor(context: AnswerContext) {
    this.#context = context;
  }

  /** Whether the agent has marked the answer as complete. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** @throws AgentError if the value reports an error */
  accept(value: UnknownRecord): void {
    const step = readKnown(value);
    if (step !== undefined) {
      this.#take(step);
      return;
    }
    const error = errorOfValue(value);
    if (error !== undefined) throw reportedError(this.#context.quote(error));
    const text = textOfValue(value, '');
    if (text === undefined) this.#unusable = unknownShape();
    else this.append(text);
  }

  append(text: string): void {
    this.#context.answer.append(text);
    if (this.#said !== undefined) this.#said += text;
  }

  complete(): void {
    this.#isDone = true;
  }

  /** @throws AgentError if the answer has no text */
  end(): void {
    if (this.#context.answer.isEmpty) throw this.#unusable ?? emptyAnswer();
  }

  #take(step: StreamedStep): void {
    const { answer, quote } = this.#context;
    switch (step.type) {
      case 'text':
        this.append(step.text);
        break;
      case 'block':
        answer.separate();
        if (this.#said) this.#said += '\n\n';
        break;
      case 'step':
        this.#saidBeforeStep = this.#said ??= '';
        break;
      case 'withdraw':
        this.#replace(this.#saidBeforeStep);
        break;
      case 'replace':
        this.#replace(step.text);
        break;
      case 'whole':
        if (answer.isEmpty) this.append(step.text);
        this.#isDone ||= step.isEnd;
        break;
      case 'status':
        answer.status(step.description);
        break;
      case 'error':
        throw reportedError(quote(step.message));
      case 'end':
        this.#isDone = true;
        break;
      case 'nothing':
        break;
    }
  }

  #replace(text: string): void {
    this.#context.answer.reset();
    if (this.#said !== undefined) this.#said = '';
    this.append(text);
  }
}

function readKnown(value: UnknownRecord): StreamedStep | undefined {
  if (typeof value['type'] === 'string') return readOpenAiResponseEvent(value) ?? readAiSdkChunk(value);
  if (typeof value['event'] === 'string')
    return readFlowiseEvent(value) ?? readDifyEvent(value) ?? readLangServeEvent(value);
  if ('done' in value) return readOllamaLine(value);
  return 'ops' in value ? readLangServeEvent(value) : undefined;
}
