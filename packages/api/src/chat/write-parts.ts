// Writes an answer with its parts, as Markdown (text as it is, other parts as quotes) and as JSON. An answer may have megabytes, so
// the writers yield pieces: `joinInTurns` joins them, and lets other requests have their turn.
import type { AnswerPart, JsonValue } from '@parley/runs';
import { endSlice, nextSlice } from '@parley/webhook';
import { toSnakeCaseKeys } from '../rest/key-case.ts';

const CHARS_AT_ONCE = 16_384;
const MAX_SLICE_MS = 4;

/** Joins pieces that take a few milliseconds each. */
export async function joinInTurns(pieces: Iterable<string>): Promise<string> {
  const texts: string[] = [];
  await nextSlice();
  let startMs = performance.now();
  for (const piece of pieces) {
    texts.push(piece);
    const workedMs = performance.now() - startMs;
    if (workedMs < MAX_SLICE_MS) continue;
    endSlice(workedMs);
    await nextSlice();
    startMs = performance.now();
  }
  endSlice(performance.now() - startMs);
  return texts.join('');
}

export function* writePartsAsMarkdown(parts: AnswerPart[]): Generator<string> {
  let separator = '';
  for (const part of parts) {
    const block = part.type === 'text' ? [part.text.trim()] : quote(describe(part));
    let isEmpty = true;
    for (const piece of block) {
      if (piece === '') continue;
      yield isEmpty ? separator + piece : piece;
      isEmpty = false;
    }
    if (!isEmpty) separator = '\n\n';
  }
}

function describe(part: Exclude<AnswerPart, { type: 'text' }>): string {
  switch (part.type) {
    case 'reasoning':
      return `**Reasoning**\n\n${part.text}`;
    case 'tool': {
      const { name, state, input, output, error } = part;
      const shown = [
        `**Tool: ${name}**${state === 'error' ? ' (failed)' : ''}`,
        ...(input === undefined ? [] : [`Input:\n\n${code(input)}`]),
        ...(output === undefined ? [] : [`Output:\n\n${code(output)}`]),
        ...(error === undefined ? [] : [`Error: ${error}`]),
      ];
      return shown.join('\n\n');
    }
    case 'step':
      return `**Step: ${part.name}**`;
    case 'source':
      return `**Source:** ${part.title}${part.url === undefined ? '' : ` <${part.url}>`}`;
    case 'notice':
      return `**Note:** ${part.message}`;
  }
}

function code(value: JsonValue): string {
  const text = typeof value === 'string' ? value : writeValue(value);
  let longest = 2;
  for (const [ticks] of text.matchAll(/`+/g)) longest = Math.max(longest, ticks.length);
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

/** Indented, unless that makes the value many times as long. */
function writeValue(value: JsonValue): string {
  const json = JSON.stringify(value);
  const indented = json.length > CHARS_AT_ONCE ? undefined : JSON.stringify(value, null, 2);
  return indented === undefined || indented.length > 4 * json.length ? json : indented;
}

function* quote(text: string): Generator<string> {
  let isLineStart = true;
  for (let at = 0; at < text.length; at += CHARS_AT_ONCE) {
    // Joined once: a text that has grown in pieces is slow to read.
    const quoted: string[] = [];
    for (const [index, line] of text
      .slice(at, at + CHARS_AT_ONCE)
      .split('\n')
      .entries()) {
      if (index > 0) {
        quoted.push(isLineStart ? '>\n' : '\n');
        isLineStart = true;
      }
      if (line === '') continue;
      quoted.push(isLineStart ? `> ${line}` : line);
      isLineStart = false;
    }
    yield quoted.join('');
  }
  if (isLineStart) yield '>';
}

/** The input and the output of a tool are the agent's data. */
const opaqueKeys = new Set(['input', 'output']);

/** With REST's names. */
export function* writePartsAsJson(parts: AnswerPart[]): Generator<string> {
  let separator = '[';
  for (const part of parts) {
    // The texts of text and of reasoning may be long.
    const isText = part.type === 'text' || part.type === 'reasoning';
    const json = JSON.stringify(toSnakeCaseKeys(isText ? { ...part, text: undefined } : part, opaqueKeys));
    yield separator;
    separator = ',';
    if (!isText) {
      yield json;
      continue;
    }
    yield `${json.slice(0, -1)},"text":`;
    yield* writeTextAsJson(part.text);
    yield '}';
  }
  yield separator === '[' ? '[]' : ']';
}

/** What JSON.stringify returns. */
export function* writeTextAsJson(text: string): Generator<string> {
  yield '"';
  for (const [part] of text.matchAll(/[^]{1,16384}/gu)) yield JSON.stringify(part).slice(1, -1);
  yield '"';
}
