// Turns an answer's body into events: it decodes the bytes, detects the format and passes the text to that format's parser.
// The parser is synchronous and has no timers; `call-agent.ts` drives it.

import { AgentError } from './agent-error.ts';
import { AnswerEvents, type AgentEvent } from './answer-events.ts';
import { AnswerParts } from './answer-parts.ts';
import { AnswerText } from './answer-text.ts';
import type { AgentLimits } from './agent-limits.ts';
import { AnswerDecoder } from './decode-answer.ts';
import { FileDetector } from './detect-file.ts';
import { detectFormat, type AnswerFormat, type DeclaredType } from './detect-format.ts';
import { bodyTooLarge, emptyAnswer, invalidText, tooMuchWork } from './failures/answer-failures.ts';
import type { AnswerContext, FormatParser } from './formats/format-parser.ts';
import { JsonParser } from './formats/json.ts';
import { createN8nTextParser } from './formats/n8n-text.ts';
import { createPageParser } from './formats/page.ts';
import { createPlainTextParser } from './formats/plain-text.ts';
import { SseParser } from './formats/sse.ts';

const formats: Record<AnswerFormat, (context: AnswerContext) => FormatParser> = {
  sse: (context) => new SseParser(context),
  json: (context) => new JsonParser(context),
  text: createPlainTextParser,
  'n8n-text': createN8nTextParser,
  page: createPageParser,
};

/** How an agent answered. */
export type AnswerMode = 'n8n-stream' | 'json-lines' | 'sse' | 'json' | 'text' | 'page';

export interface AnswerParserOptions {
  contentType: string | null;
  /** The header with which n8n marks what a workflow responds. */
  contentSecurityPolicy?: string | null | undefined;
  limits: AgentLimits;
  quote: (text: string) => string;
  /** The path of the text in a JSON answer. Null or empty: the usual fields. */
  answerField?: string | null | undefined;
  /** The names of the n8n nodes whose text is the answer. Empty: all nodes. */
  answerNodes?: readonly string[] | undefined;
}

// LangChain's words for an agent that was stopped, which n8n returns as its answer.
const OUT_OF_STEPS = /Agent stopped due to (?:max iterations|iteration limit[^.]*)\.?$/;

export class AnswerParser {
  readonly #files: FileDetector;
  readonly #decoder: AnswerDecoder;
  readonly #events = new AnswerEvents();
  readonly #context: AnswerContext;
  readonly #declared: DeclaredType;
  #head = '';
  #format: FormatParser | undefined;
  #detected: AnswerFormat | undefined;
  #bytes = 0;
  #parseMs = 0;
  #failure: AgentError | undefined;

  constructor({
    contentType,
    contentSecurityPolicy,
    limits,
    quote,
    answerField,
    answerNodes,
  }: AnswerParserOptions) {
    this.#context = {
      answer: new AnswerText(limits.maxTextBytes, this.#events),
      parts: new AnswerParts(this.#events),
      answerField: answerField || undefined,
      answerNodes: new Set(answerNodes),
      limits,
      quote,
    };
    this.#files = new FileDetector(contentType);
    this.#decoder = new AnswerDecoder(contentType);
    const type = contentType ?? '';
    this.#declared = {
      isSse: /^\s*text\/event-stream\b/i.test(type),
      isJson: /^[^;]*\bjson\b/i.test(type),
      isN8nText: /^sandbox\b/.test(contentSecurityPolicy ?? '') && /^\s*text\/(?:html|plain)\b/i.test(type),
    };
  }

  /** Why the answer failed; undefined while it has not. Events before a failure stay valid. */
  get failure(): AgentError | undefined {
    return this.#failure;
  }

  /** Whether the rest of the body makes no difference. */
  get isDone(): boolean {
    return this.#failure !== undefined || this.#format?.isDone === true;
  }

  /** Undefined until the format has been detected. */
  get mode(): AnswerMode | undefined {
    return this.#format?.mode ?? (this.#detected === 'n8n-text' ? 'text' : this.#detected);
  }

  get graceMs(): number | undefined {
    return this.#format?.graceMs;
  }

  push(bytes: Uint8Array): readonly AgentEvent[] {
    try {
      if (!this.isDone) this.#read(bytes);
    } catch (error) {
      this.#fail(error);
    }
    return this.#events.take();
  }

  /** Counts time that parsing has taken. The answer fails when its budget is used up. */
  charge(cpuMs: number): void {
    this.#parseMs += cpuMs;
    if (!this.isDone && this.#parseMs > this.#context.limits.maxParseMs) this.#failure = tooMuchWork();
  }

  /** The body is complete. */
  end(): readonly AgentEvent[] {
    try {
      if (this.#failure === undefined) this.#end();
    } catch (error) {
      this.#fail(error);
    }
    return this.#events.take();
  }

  /** The body ended early. */
  cut(): readonly AgentEvent[] {
    try {
      if (this.#failure === undefined) this.#cut();
    } catch (error) {
      this.#fail(error);
    }
    return this.#events.take();
  }

  #fail(error: unknown): void {
    if (!(error instanceof AgentError)) throw error;
    this.#failure = error;
  }

  #read(bytes: Uint8Array): void {
    const room = this.#context.limits.maxBodyBytes - this.#bytes;
    this.#bytes += bytes.length;
    const allowed = bytes.length > room ? bytes.subarray(0, room) : bytes;
    this.#feed(this.#decoder.push(this.#files.push(allowed)));
    if (this.isDone) return;
    if (this.#decoder.isInvalid) throw invalidText(this.#decoder.encoding);
    if (bytes.length > room) throw bodyTooLarge();
  }

  #end(): void {
    if (!this.isDone) {
      this.#feed(this.#decoder.push(this.#files.end()));
      this.#feed(this.#decoder.end());
      if (this.#decoder.isInvalid) throw invalidText(this.#decoder.encoding);
    }
    if (this.#format === undefined && this.#head !== '') this.#start(true);
    if (this.#format === undefined) throw emptyAnswer();
    this.#format.end();
    const { answer, parts } = this.#context;
    parts.finish();
    if (OUT_OF_STEPS.test(answer.lastPiece.slice(-200))) parts.notice('max-iterations');
  }

  #cut(): void {
    if (this.#format === undefined) this.#feed(this.#decoder.push(this.#files.end()));
    // A start that is too short to detect is shown as text, unless it could be JSON or a page.
    if (this.#format === undefined && /^[^{[<"]/.test(this.#head)) this.#start(true);
    this.#format?.cut();
  }

  #feed(text: string): void {
    if (this.#format !== undefined) {
      if (text !== '') this.#format.push(text);
      return;
    }
    // trimStart also removes a byte order mark.
    this.#head = this.#head === '' ? text.trimStart() : this.#head + text;
    if (this.#head !== '') this.#start(false);
  }

  #start(isAll: boolean): void {
    const format = detectFormat(this.#head, this.#declared, isAll);
    if (format === undefined) return;
    const head = this.#head;
    this.#head = '';
    this.#detected = format;
    this.#format = formats[format](this.#context);
    this.#format.push(head);
  }
}
