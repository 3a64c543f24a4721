// The parts of an answer beside its text: reasoning, tools, steps, sources and notices. They become events, and are bounded: an
// agent may send anything, and everything is stored.

import type { AnswerEvents } from './answer-events.ts';
import type { NoticePart, ReasoningPart, SourcePart, StepPart, ToolPart } from './answer-part.ts';
import { boundJson } from './bound-json.ts';
import { cleanLine, cleanText, shownLength } from './clean-text.ts';
import { tooManyParts } from './failures/answer-failures.ts';
import { parseJson } from './json-reader.ts';

/** Of the parts of a message, its texts included. */
const MAX_PARTS = 500;
/** Further ones are dropped: a loop in a workflow may have thousands, and its answer counts. */
const MAX_STEPS = 200;
const MAX_SOURCES = 100;
const MAX_BYTES = 2 * 1024 * 1024;
const MAX_REASONING_BYTES = 1024 * 1024;
// A part is sent again with each change of its state.
const MAX_SENT_BYTES = 4 * MAX_BYTES;
const MAX_NAME_CHARS = 200;
const MAX_URL_CHARS = 2_000;
const MAX_SNIPPET_CHARS = 1_000;
const MAX_ERROR_CHARS = 2_000;
const MAX_INPUT_CHARS = 65_536;
/** A shorter piece may be the first token of reasoning, and says nothing about the rest. */
const MAX_TOKEN_CHARS = 40;
const MAX_WITHHELD_CHARS = 1_000;
// The time is worth sending the text again only for a text that is not long.
const MAX_TIMED_CHARS = 16_384;

/** What an agent says about a tool call. Absent fields stay as they are. */
export interface ToolUpdate {
  /** The agent's name for the call, by which later updates find it. */
  call: string;
  /** Another name for the call, such as its place in a message. The newest call with this place counts. */
  place?: string | undefined;
  name?: string | undefined;
  /** A piece of the JSON of the input. */
  inputText?: string | undefined;
  input?: unknown;
  output?: unknown;
  error?: string | undefined;
  /** Whether the input is complete. */
  isComplete?: boolean | undefined;
}

const NOTICES: Record<NoticePart['reason'], string> = {
  truncated: 'The answer was cut off because it reached the length limit of the model.',
  filtered: 'A content filter stopped the answer, so it is not complete.',
  'max-iterations': 'The agent reached its limit of steps before it had finished.',
};

interface Reasoning {
  part: ReasoningPart;
  startedAt: number;
  /** White space and half a character at its end, which belong to it if more text follows. */
  withheld: string;
}

interface Tool {
  part: ToolPart;
  inputText: string;
}

export class AnswerParts {
  readonly #events: AnswerEvents;
  readonly #reasoning = new Map<string, Reasoning>();
  readonly #thoughts: ReasoningPart[] = [];
  readonly #tools = new Map<string, Tool>();
  readonly #toolList: Tool[] = [];
  #hasInputs = false;
  readonly #steps = new Map<string, StepPart>();
  // Not sent yet: it may begin again.
  #ended: StepPart | undefined;
  readonly #sources = new Set<string>();
  readonly #notices = new Set<string>();
  readonly #sizes = new Map<string, number>();
  #bytes = 0;
  #reasoningBytes = 0;
  #sentBytes = 0;

  constructor(events: AnswerEvents) {
    this.#events = events;
  }

  /** Whether the answer has a notice for this reason. */
  hasNotice(reason: NoticePart['reason']): boolean {
    return this.#notices.has(reason);
  }

  /**
   * Adds a piece of reasoning. Reasoning that comes whole and equals an earlier one is dropped: n8n may send an answer twice.
   * @param of whose reasoning it is, if several models think at the same time
   */
  think(text: string, of = ''): void {
    let reasoning = this.#reasoning.get(of);
    const added = reasoning === undefined ? text.trimStart() : text;
    const end = shownLength(added);
    if (end === 0) {
      if (reasoning !== undefined && reasoning.withheld.length < MAX_WITHHELD_CHARS)
        reasoning.withheld += added;
      return;
    }
    const shown = cleanText((reasoning?.withheld ?? '') + added.slice(0, end));
    if (reasoning === undefined) {
      if (shown.length > MAX_TOKEN_CHARS && this.#thoughts.some((part) => part.text === shown)) return;
      const part: ReasoningPart = { id: `r${this.#thoughts.length + 1}`, type: 'reasoning', text: '' };
      this.#thoughts.push(part);
      reasoning = { part, startedAt: Date.now(), withheld: '' };
      this.#reasoning.set(of, reasoning);
    }
    reasoning.withheld = added.slice(end);
    const { part } = reasoning;
    part.text += shown;
    const bytes = Buffer.byteLength(shown);
    this.#reasoningBytes += bytes;
    if (this.#reasoningBytes > MAX_REASONING_BYTES) throw tooManyParts();
    this.#count(part.id, (this.#sizes.get(part.id) ?? 0) + bytes, bytes);
    this.#events.part({ id: part.id, type: 'reasoning-delta', delta: shown });
  }

  /** The model now says something, or calls a tool. */
  endThinking(of = ''): void {
    if (this.#reasoning.size === 0) return;
    const reasoning = this.#reasoning.get(of);
    if (reasoning === undefined) return;
    this.#reasoning.delete(of);
    const { part, startedAt } = reasoning;
    if (part.text.length <= MAX_TIMED_CHARS)
      this.#send({ ...part, durationMs: Math.max(0, Date.now() - startedAt) });
  }

  tool(update: ToolUpdate): void {
    this.endThinking();
    const tool = this.#toolOf(update);
    if (tool === undefined || tool.part.state === 'output' || tool.part.state === 'error') return;
    const { part } = tool;
    const isNew = !this.#sizes.has(part.id);
    const before = part.state;
    const { inputText = '', input, output, error } = update;
    tool.inputText += inputText.slice(0, MAX_INPUT_CHARS - tool.inputText.length);
    if (input !== undefined) part.input = boundJson(input);
    if (input !== undefined || update.isComplete === true) part.state = 'running';
    if (output !== undefined) part.state = 'output';
    if (error !== undefined) part.state = 'error';
    if (output !== undefined) part.output = boundJson(output);
    if (error !== undefined) part.error = cleanText(error.slice(0, MAX_ERROR_CHARS));
    if (part.state === 'input') this.#hasInputs = true;
    else settleInput(tool);
    if (isNew || part.state !== before) this.#send({ ...part });
  }

  /** The model goes on after its calls, so their inputs are complete. */
  settleTools(): void {
    if (!this.#hasInputs) return;
    this.#hasInputs = false;
    for (const tool of this.#toolList) {
      if (tool.part.state !== 'input') continue;
      settleInput(tool);
      tool.part.state = 'running';
      this.#send({ ...tool.part });
    }
  }

  /** The answer is complete, and so are the calls, although some agents do not send the results. */
  finish(): void {
    for (const of of this.#reasoning.keys()) this.endThinking(of);
    for (const tool of this.#toolList) {
      if (tool.part.state !== 'input' && tool.part.state !== 'running') continue;
      settleInput(tool);
      tool.part.state = 'output';
      this.#send({ ...tool.part });
    }
    for (const [key, step] of this.#steps) if (step.endedAt === undefined) this.endStep(key);
    this.#sendEnded();
  }

  /** @param key names the step; it may begin again after its end, as an agent does after a tool call */
  beginStep(key: string, name: string): void {
    const known = this.#steps.get(key);
    if (this.#ended !== known) this.#sendEnded();
    if (known !== undefined) {
      if (this.#ended === known) this.#ended = undefined;
      return;
    }
    const shown = cleanLine(name, MAX_NAME_CHARS);
    if (shown === '' || this.#steps.size >= MAX_STEPS) return;
    const step: StepPart = {
      id: `s${this.#steps.size + 1}`,
      type: 'step',
      name: shown,
      startedAt: new Date().toISOString(),
    };
    this.#steps.set(key, step);
    this.#send({ ...step });
  }

  endStep(key: string): void {
    const step = this.#steps.get(key);
    if (step === undefined) return;
    if (this.#ended !== step) this.#sendEnded();
    step.endedAt = new Date().toISOString();
    this.#ended = step;
  }

  #sendEnded(): void {
    if (this.#ended !== undefined) this.#send({ ...this.#ended });
    this.#ended = undefined;
  }

  source({
    url,
    title,
    snippet,
  }: {
    url?: string | undefined;
    title?: string | undefined;
    snippet?: string | undefined;
  }): void {
    const href = url === undefined ? undefined : readUrl(url);
    const name = cleanLine(title ?? '', MAX_NAME_CHARS) || (href?.slice(0, MAX_NAME_CHARS) ?? '');
    const key = href ?? `${name}\n${snippet ?? ''}`;
    if (name === '' || this.#sources.has(key) || this.#sources.size >= MAX_SOURCES) return;
    this.#sources.add(key);
    const source: SourcePart = { id: `u${this.#sources.size}`, type: 'source', title: name };
    if (href !== undefined) source.url = href;
    const said = cleanText((snippet ?? '').slice(0, MAX_SNIPPET_CHARS)).trim();
    if (said !== '') source.snippet = said;
    this.#send(source);
  }

  notice(reason: NoticePart['reason'], message = NOTICES[reason]): void {
    if (this.#notices.has(reason)) return;
    this.#notices.add(reason);
    this.#send({ id: `n${this.#notices.size}`, type: 'notice', reason, message });
  }

  #toolOf({ call, place, name }: ToolUpdate): Tool | undefined {
    const known = this.#tools.get(call);
    if (known !== undefined) return known;
    const placed = call === '' && place !== undefined ? this.#tools.get(place) : undefined;
    if (placed?.part.state === 'input') return placed;
    const shown = cleanLine(name ?? '', MAX_NAME_CHARS);
    // The result of a call that was never announced.
    if (shown === '') return undefined;
    const tool: Tool = {
      part: { id: `t${this.#toolList.length + 1}`, type: 'tool', name: shown, state: 'input' },
      inputText: '',
    };
    this.#toolList.push(tool);
    if (call !== '') this.#tools.set(call, tool);
    if (place !== undefined) this.#tools.set(place, tool);
    return tool;
  }

  #send(part: ReasoningPart | ToolPart | StepPart | SourcePart | NoticePart): void {
    const bytes = Buffer.byteLength(JSON.stringify(part));
    this.#count(part.id, bytes, bytes);
    this.#events.part(part);
  }

  /** @throws AgentError if there are too many parts, or too many bytes of them */
  #count(id: string, bytes: number, sentBytes: number): void {
    this.#bytes += bytes - (this.#sizes.get(id) ?? 0);
    this.#sizes.set(id, bytes);
    this.#sentBytes += sentBytes;
    // One more text may follow.
    const parts = this.#sizes.size + this.#events.segments + 1;
    if (parts > MAX_PARTS || this.#bytes > MAX_BYTES || this.#sentBytes > MAX_SENT_BYTES)
      throw tooManyParts();
  }
}

function settleInput({ part, inputText }: { part: ToolPart; inputText: string }): void {
  if (part.input !== undefined || inputText === '') return;
  // An input that was cut is not JSON.
  part.input = boundJson(parseJson(inputText) ?? inputText);
}

/** An address that a page can link to. */
function readUrl(url: string): string | undefined {
  if (url.length > MAX_URL_CHARS) return undefined;
  const { protocol, href } = URL.parse(url) ?? {};
  return (protocol === 'http:' || protocol === 'https:') && href !== undefined && href.length <= MAX_URL_CHARS
    ? href
    : undefined;
}
