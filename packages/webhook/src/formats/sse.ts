// Server-sent events: JSON deltas (our own shape, OpenAI's chunks), or plain text. Ends at `[DONE]` or with the body.

import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { AgentError } from '../agent-error.ts';
import {
  brokenJson,
  emptyAnswer,
  frameTooLarge,
  reportedError,
  unknownShape,
} from '../failures/answer-failures.ts';
import { LineSplitter } from '../split-lines.ts';
import { errorOfValue, isJsonObject, textOfValue, type JsonObject } from '../text-of-value.ts';
import type { AnswerContext, FormatParser } from './format-parser.ts';

export class SseParser implements FormatParser {
  readonly #context: AnswerContext;
  readonly #lines = new LineSplitter();
  readonly #onLine = (line: string) => this.#feed(line);
  readonly #parser = createParser({
    onEvent: (event) => this.#read(event),
  });
  #eventChars = 0;
  #isDone = false;
  // The first event tells: in a stream of JSON, what does not parse is broken; in one of text, it is text.
  #isJson: boolean | undefined;
  #unusable: AgentError | undefined;

  constructor(context: AnswerContext) {
    this.#context = context;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  push(text: string): void {
    this.#lines.push(text, this.#onLine);
    this.#checkSize(this.#lines.restChars);
  }

  end(): void {
    // Many agents leave out the blank line after the last event.
    this.#feed(this.#lines.takeRest());
    this.#feed('');
    if (this.#context.answer.isEmpty) throw this.#unusable ?? emptyAnswer();
  }

  cut(): void {}

  // A line at a time: the parser's own limit is on what happens to wait for more, and so depends on how the body was cut.
  #feed(line: string): void {
    if (this.#isDone) return;
    this.#checkSize(line.length);
    this.#eventChars = line === '' || line === '\r' ? 0 : this.#eventChars + line.length;
    this.#parser.feed(`${line}\n`);
  }

  #checkSize(lineChars: number): void {
    if (!this.#isDone && this.#eventChars + lineChars > this.#context.limits.maxFrameChars)
      throw frameTooLarge();
  }

  #read({ event, data }: EventSourceMessage): void {
    if (data.trim() === '[DONE]') {
      this.#isDone = true;
      return;
    }
    const { answer, quote } = this.#context;
    const value = parseObject(data);
    const error = value === undefined ? undefined : errorOfValue(value);
    if (error !== undefined || event === 'error')
      throw reportedError(quote(error ?? textOfValue(value ?? data) ?? ''));
    this.#isJson ??= value !== undefined;
    if (value !== undefined) {
      const text = textOfValue(value, '');
      if (text === undefined) this.#unusable = unknownShape();
      else answer.append(text);
    } else if (!this.#isJson) {
      answer.append(data);
    } else if (data.startsWith('{')) {
      throw brokenJson();
    }
  }
}

/** An object with something in it; `{}` may be a piece of text. */
function parseObject(data: string): JsonObject | undefined {
  if (!data.trimStart().startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(data);
    return isJsonObject(value) && Object.keys(value).length > 0 ? value : undefined;
  } catch {
    return undefined;
  }
}
