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
import { errorOfValue, isJsonObject, textOfValue, type JsonObject } from '../text-of-value.ts';
import type { AnswerContext, FormatParser } from './format-parser.ts';

export class SseParser implements FormatParser {
  readonly #context: AnswerContext;
  readonly #parser;
  #isDone = false;
  // The first event tells: in a stream of JSON, what does not parse is broken; in one of text, it is text.
  #isJson: boolean | undefined;
  #unusable: AgentError | undefined;

  constructor(context: AnswerContext) {
    this.#context = context;
    const { maxFrameChars } = context.limits;
    this.#parser = createParser({
      maxBufferSize: maxFrameChars,
      onEvent: (event) => {
        // The parser's own limit is on what waits for more, and lets an event pass that came in one piece.
        if (event.data.length > maxFrameChars) throw frameTooLarge();
        if (!this.#isDone) this.#read(event);
      },
      onError: (error) => {
        if (error.type === 'max-buffer-size-exceeded') throw frameTooLarge();
      },
    });
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  push(text: string): void {
    this.#parser.feed(text);
  }

  end(): void {
    // Many agents leave out the blank line after the last event.
    if (!this.#isDone) this.#parser.feed('\n\n');
    if (this.#context.answer.isEmpty) throw this.#unusable ?? emptyAnswer();
  }

  cut(): void {}

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
