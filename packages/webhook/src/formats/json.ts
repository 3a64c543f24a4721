// Parses a body that starts like JSON: one JSON value, n8n's stream of JSON lines, which has the same content type and first
// byte, or the JSON lines of another agent. An n8n frame, a line of Ollama's or a second line with an object decides; until then
// all lines are held back.

import { brokenJson, frameTooLarge } from '../failures/answer-failures.ts';
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

export class JsonParser implements FormatParser {
  readonly #context: AnswerContext;
  readonly #lines = new LineSplitter();
  readonly #onLine = (line: string) => this.#readLine(line);
  #held: string[] = [];
  #heldChars = 0;
  // A line that is not a JSON value is part of a value of several lines, which n8n never sends in a stream.
  #isOneValue = false;
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
    this.#lines.push(text, this.#onLine);
    this.#checkSize(this.#lines.restChars);
  }

  end(): void {
    const rest = this.#lines.takeRest();
    if (this.#stream === undefined && this.#lineStream === undefined) {
      const value = parseJson([...this.#held, rest].join('\n'));
      if (value !== undefined && readN8nFrame(value) === undefined) {
        readJsonAnswer(value, this.#context);
        return;
      }
    }
    this.#readLine(rest);
    this.#finish();
  }

  cut(): void {
    if (this.#stream !== undefined) {
      this.#stream.cut();
      return;
    }
    if (this.#lineStream !== undefined) return;
    // The value may be complete although the body is not: some agents never close the connection.
    const value = parseJson([...this.#held, this.#lines.takeRest()].join('\n'));
    if (value !== undefined) readJsonAnswer(value, this.#context);
  }

  #finish(): void {
    if (this.#stream !== undefined) this.#stream.end();
    else if (this.#lineStream !== undefined) this.#lineStream.end();
    else this.#readAsText();
  }

  #readLine(line: string): void {
    if (this.isDone) return;
    this.#checkSize(line.length);
    if (this.#stream !== undefined) {
      this.#readFrame(this.#stream, line);
      return;
    }
    if (this.#lineStream !== undefined) {
      this.#readObject(this.#lineStream, line);
      return;
    }
    this.#held.push(line);
    this.#heldChars += line.length;
    if (this.#isOneValue || line.trim() === '') return;
    const value = parseJson(line);
    if (value === undefined) {
      this.#isOneValue = true;
    } else if (readN8nFrame(value) !== undefined) {
      this.#stream = new N8nStream(this.#context);
      for (const held of this.#takeHeld()) this.#readFrame(this.#stream, held);
    } else if (isRecord(value) && (this.#firstLine !== undefined || isOllamaLine(value))) {
      this.#lineStream = new StreamedText(this.#context);
      for (const held of this.#takeHeld()) this.#readObject(this.#lineStream, held);
    } else if (isRecord(value)) {
      this.#firstLine = value;
    } else {
      this.#isOneValue = true;
    }
  }

  #takeHeld(): string[] {
    const held = this.#held;
    this.#held = [];
    this.#heldChars = 0;
    return held;
  }

  #readObject(stream: StreamedText, line: string): void {
    if (line.trim() === '' || stream.isDone) return;
    const value = parseJson(line);
    if (!isRecord(value)) throw brokenJson();
    stream.accept(value);
  }

  #readFrame(stream: N8nStream, line: string): void {
    if (line.trim() === '') return;
    const value = parseJson(line);
    if (value === undefined) throw brokenJson();
    const frame = readN8nFrame(value);
    if (frame !== undefined) stream.accept(frame);
  }

  #checkSize(lineChars: number): void {
    if (!this.isDone && this.#heldChars + lineChars > this.#context.limits.maxFrameChars)
      throw frameTooLarge();
  }

  #readAsText(): void {
    const text = this.#held.join('\n');
    if (JSON_ONLY.test(text)) throw brokenJson();
    this.#context.answer.append(text);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
