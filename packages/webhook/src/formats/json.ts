// Parses a body that starts like JSON: one JSON value, n8n's stream of JSON lines, which has the same content type and first
// byte, or the JSON lines of another agent. An n8n frame, a line of Ollama's or a second line with an object decides; until then
// all lines are held back.

import { brokenJson, frameTooLarge } from '../failures/answer-failures.ts';
import { JsonReader, LONG_JSON_CHARS, MAX_VALUES, parseJson } from '../json-reader.ts';
import { ModelText } from '../model-text.ts';
import { LineSplitter } from '../split-lines.ts';
import type { AnswerContext, FormatParser } from './format-parser.ts';
import { readJsonAnswer } from './json-answer.ts';
import { N8nStream } from './n8n.ts';
import { isRecord, type UnknownRecord } from '../text-of-value.ts';
import { isOllamaLine } from './known/ollama.ts';
import { readN8nFrame } from './n8n-frame.ts';
import { StreamedText } from './streamed-text.ts';

// Starts that only JSON has. A body with any other start that does not parse is text, such as "[1] says that ...".
const JSON_ONLY = /^(?:\{\s*["}]|\[\s*\{\s*["}])/;

// A held line costs more memory than its characters.
const HELD_LINE_CHARS = 8;

export class JsonParser implements FormatParser {
  readonly #context: AnswerContext;
  readonly #lines = new LineSplitter();
  readonly #onLine = (line: string) => this.#readLine(line, '\n');
  #held: string[] = [];
  #heldChars = 0;
  // A line that is not a JSON value is part of a value of several lines, which n8n never sends in a stream.
  #isOneValue = false;
  // A line that is not JSON after one that is: the body is neither a value nor a stream.
  #isText = false;
  // Reads a long line, or a long value of several lines, while it arrives.
  #long: LongValue | undefined;
  #stream: N8nStream | undefined;
  // The first line, if it is a whole object.
  #firstLine: UnknownRecord | undefined;
  #lineStream: StreamedText | undefined;

  constructor(context: AnswerContext) {
    this.#context = context;
  }

  get isDone(): boolean {
    return this.#lineStream?.isDone === true;
  }

  get mode(): 'n8n-stream' | 'json-lines' | undefined {
    if (this.#stream !== undefined) return 'n8n-stream';
    return this.#lineStream === undefined ? undefined : 'json-lines';
  }

  get graceMs(): number | undefined {
    return this.#stream?.graceMs;
  }

  push(text: string): void {
    if (this.#isOneValue) this.#hold(text);
    else this.#lines.push(text, this.#onLine);
    if (this.#isOneValue) {
      this.#hold(this.#lines.takeRest());
      this.#readAhead(this.#held, this.#heldChars);
    } else if (!this.isDone) {
      this.#checkSize(this.#lines.restChars);
      this.#readAhead(this.#lines.rest, this.#lines.restChars);
    }
  }

  end(): void {
    const rest = this.#lines.takeRest();
    if (this.#stream === undefined && this.#lineStream === undefined) {
      const value = this.#wholeValue(rest);
      if (value !== undefined && readN8nFrame(value) === undefined) {
        readJsonAnswer(value, this.#context);
        return;
      }
    }
    this.#readLine(rest, '');
    this.#finish();
  }

  cut(): void {
    if (this.#stream !== undefined) {
      this.#stream.cut();
      return;
    }
    if (this.#lineStream !== undefined) {
      this.#lineStream.cut();
      return;
    }
    // The value may be complete although the body is not: some agents never close the connection.
    const value = this.#wholeValue(this.#lines.takeRest());
    if (value !== undefined) readJsonAnswer(value, this.#context);
  }

  #finish(): void {
    if (this.#stream !== undefined) this.#stream.end();
    else if (this.#lineStream !== undefined) this.#lineStream.end();
    else this.#readAsText();
  }

  /** The value of the whole body; undefined if it is not one JSON value. */
  #wholeValue(rest: string): unknown {
    if (this.#isText) return undefined;
    if (this.#isOneValue) {
      const value = this.#long;
      return value === undefined ? parseJson(this.#held.join(''), MAX_VALUES) : value.reader.end();
    }
    if (rest.trim() === '') return this.#firstLine;
    return this.#firstLine === undefined ? this.#lineValue(rest) : undefined;
  }

  #readLine(line: string, lineBreak: string): void {
    if (this.isDone) return;
    if (this.#isOneValue) {
      this.#hold(line + lineBreak);
      return;
    }
    this.#checkSize(line.length);
    const isBlank = !line.startsWith('{') && !/\S/.test(line);
    const value = isBlank ? undefined : this.#lineValue(line);
    const long = this.#long;
    this.#long = undefined;
    if (this.#stream !== undefined) {
      if (!isBlank) this.#readFrame(this.#stream, value);
    } else if (this.#lineStream !== undefined) {
      if (!isBlank) this.#readObject(this.#lineStream, value);
    } else {
      this.#hold(line + lineBreak, HELD_LINE_CHARS);
      if (!isBlank && !this.#startStream(value)) this.#startOneValue(long, lineBreak);
    }
  }

  /** @returns false if the line is not an object */
  #startStream(value: unknown): boolean {
    if (!isRecord(value)) return false;
    if (readN8nFrame(value) !== undefined) {
      this.#dropHeld();
      this.#stream = new N8nStream(this.#context);
      this.#readFrame(this.#stream, value);
    } else if (this.#firstLine !== undefined || isOllamaLine(value)) {
      this.#dropHeld();
      this.#lineStream = new StreamedText(this.#context);
      if (this.#firstLine !== undefined) this.#lineStream.accept(this.#firstLine);
      if (!this.isDone) this.#lineStream.accept(value);
    } else {
      this.#firstLine = value;
    }
    return true;
  }

  #startOneValue(long: LongValue | undefined, lineBreak: string): void {
    this.#isOneValue = true;
    this.#isText = this.#firstLine !== undefined;
    if (this.#isText || long === undefined) return;
    long.reader.write(lineBreak);
    this.#long = { ...long, pieces: this.#held.length };
  }

  #hold(text: string, extraChars = 0): void {
    if (text === '') return;
    this.#checkSize(text.length);
    this.#held.push(text);
    this.#heldChars += text.length + extraChars;
  }

  #dropHeld(): void {
    this.#held = [];
    this.#heldChars = 0;
  }

  #readAhead(pieces: readonly string[], chars: number): void {
    if (chars <= LONG_JSON_CHARS || this.#isText) return;
    const long = (this.#long ??= { reader: new JsonReader(), pieces: 0, chars: 0 });
    for (; long.pieces < pieces.length; long.pieces++) {
      const piece = pieces[long.pieces] ?? '';
      long.reader.write(piece);
      long.chars += piece.length;
    }
  }

  #lineValue(line: string): unknown {
    const long = this.#long;
    if (long === undefined) return parseJson(line, MAX_VALUES);
    long.reader.write(line.slice(long.chars));
    long.chars = line.length;
    return long.reader.end();
  }

  #readObject(stream: StreamedText, value: unknown): void {
    if (!isRecord(value)) throw brokenJson();
    stream.accept(value);
  }

  #readFrame(stream: N8nStream, value: unknown): void {
    if (value === undefined) throw brokenJson();
    const frame = readN8nFrame(value);
    if (frame !== undefined) stream.accept(frame);
  }

  #checkSize(lineChars: number): void {
    if (!this.isDone && this.#heldChars + lineChars > this.#context.limits.maxFrameChars)
      throw frameTooLarge();
  }

  #readAsText(): void {
    const text = this.#held.join('');
    if (JSON_ONLY.test(text)) throw brokenJson();
    const words = new ModelText(this.#context.answer, this.#context.parts);
    words.append(text);
    words.end();
  }
}

interface LongValue {
  reader: JsonReader;
  /** The number of pieces and of characters that the reader has read. */
  pieces: number;
  chars: number;
}
