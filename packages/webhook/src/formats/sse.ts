// Parses server-sent events whose data is JSON of a known shape, or plain text. They end at `[DONE]` or with the body.

import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { brokenJson, frameTooLarge } from '../failures/answer-failures.ts';
import { reportedFailure } from '../failures/reported-failure.ts';
import { parseJson } from '../json-reader.ts';
import { LineSplitter } from '../split-lines.ts';
import { errorOfValue, readError } from '../reported-error.ts';
import { isRecord, textOfValue, type UnknownRecord } from '../text-of-value.ts';
import type { AnswerContext, FormatParser } from './format-parser.ts';
import { readLangGraphEvent, readLangGraphTuple } from './known/langgraph.ts';
import { readLangServeText } from './known/langserve.ts';
import { StreamedText } from './streamed-text.ts';

// An event is parsed at once.
const MAX_EVENT_CHARS = 2 * 1024 * 1024;

export class SseParser implements FormatParser {
  readonly #context: AnswerContext;
  readonly #text: StreamedText;
  readonly #lines = new LineSplitter();
  readonly #onLine = (line: string) => this.#feed(line);
  readonly #parser = createParser({
    onEvent: (event) => this.#read(event),
  });
  #eventChars = 0;
  // Set by the first event. Data that does not parse is an error in a stream of JSON, and text in a stream of text.
  #isJson: boolean | undefined;

  constructor(context: AnswerContext) {
    this.#context = context;
    this.#text = new StreamedText(context);
  }

  get isDone(): boolean {
    return this.#text.isDone;
  }

  push(text: string): void {
    this.#lines.push(text, this.#onLine);
    this.#checkSize(this.#lines.restChars);
  }

  end(): void {
    // Many agents omit the blank line after the last event.
    this.#feed(this.#lines.takeRest());
    this.#feed('');
    this.#text.end();
  }

  cut(): void {
    this.#text.cut();
  }

  // Feeds one line at a time and checks the size here: the parser's own limit would depend on how the body is split.
  #feed(line: string): void {
    if (this.isDone) return;
    this.#checkSize(line.length);
    // A comment, such as a keep-alive.
    if (line.startsWith(':')) return;
    this.#eventChars = line === '' || line === '\r' ? 0 : this.#eventChars + line.length;
    this.#parser.feed(`${line}\n`);
  }

  #checkSize(lineChars: number): void {
    const maxChars = Math.min(this.#context.limits.maxFrameChars, MAX_EVENT_CHARS);
    if (!this.isDone && this.#eventChars + lineChars > maxChars) throw frameTooLarge();
  }

  #read({ event, data }: EventSourceMessage): void {
    if (this.isDone) return;
    if (data.trim() === '[DONE]') {
      this.#text.complete();
      return;
    }
    const value = parseData(data);
    if (event === 'error') {
      const error = Array.isArray(value) || value === undefined ? undefined : errorOfValue(value);
      const said = value === undefined ? data : textOfValue(value);
      throw reportedFailure(error ?? readError(said, isRecord(value) ? value : {}), this.#context.quote);
    }
    // LangServe and LangGraph describe the run in this event, before its data.
    if (event === 'metadata') return;
    const graph =
      (event === undefined ? undefined : readLangGraphEvent(event, value)) ??
      (Array.isArray(value) ? readLangGraphTuple(value) : undefined);
    if (graph !== undefined) {
      this.#isJson = true;
      this.#text.take(graph);
      return;
    }
    this.#isJson ??= value !== undefined;
    if (isRecord(value)) this.#text.accept(value);
    else if (value !== undefined) this.#text.refuse(value);
    else if (!this.#isJson) this.#text.append(readLangServeText(event, data) ?? data);
    else if (data.startsWith('{')) throw brokenJson();
    else this.#text.append(readLangServeText(event, data) ?? '');
  }
}

/** Parses a non-empty object or an array of such; `{}` and `[]` may be pieces of text. */
function parseData(data: string): UnknownRecord | readonly unknown[] | undefined {
  if (!data.startsWith('{') && !/^\s*(?:\{|\[\s*\{)/.test(data)) return undefined;
  const value = parseJson(data);
  if (Array.isArray(value)) return value;
  return isRecord(value) && Object.keys(value).length > 0 ? value : undefined;
}
