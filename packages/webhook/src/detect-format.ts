// Detects an answer's format from its first characters. The content type only breaks ties: n8n declares JSON lines as
// application/json and text as HTML. A verdict on the start of an answer must hold whatever follows; otherwise the text would
// depend on how the network splits the answer.

import { STARTING_UP } from './formats/page.ts';

export type AnswerFormat = 'sse' | 'json' | 'text' | 'n8n-text' | 'page';

export interface DeclaredType {
  isSse: boolean;
  isJson: boolean;
  /** Whether n8n says that this is the text of a workflow. */
  isN8nText: boolean;
}

/** The longest start that may stay undecided, and so the most text that is held back. */
const MAX_HEAD_CHARS = 4096;

/**
 * @param head the answer's start, trimmed and not empty
 * @param isAll whether `head` is the whole answer
 * @returns undefined if more text is needed
 */
export function detectFormat(head: string, declared: DeclaredType, isAll: boolean): AnswerFormat | undefined {
  if (declared.isN8nText) return 'n8n-text';
  const mustDecide = isAll || head.length >= MAX_HEAD_CHARS;
  const format = formatOfStart(
    head.slice(0, MAX_HEAD_CHARS),
    declared,
    isAll && head.length <= MAX_HEAD_CHARS,
  );
  return format ?? (mustDecide ? 'text' : undefined);
}

function formatOfStart(head: string, declared: DeclaredType, isAll: boolean): AnswerFormat | undefined {
  switch (head[0]) {
    case '{':
      return startOfObject(head);
    case '[':
      return startOfArray(head, isAll);
    case '<':
      return startOfPage(head, isAll);
    case '"':
      return declared.isJson ? 'json' : 'text';
    case STARTING_UP[0]:
      return startOfNotice(head, isAll);
    default:
      return startOfLines(head, declared, isAll);
  }
}

/** `{"` and `{}` are JSON; `{name}, hello` is not. */
function startOfObject(head: string): AnswerFormat | undefined {
  const next = /^\{\s*(\S)/.exec(head)?.[1];
  if (next === undefined) return undefined;
  return next === '"' || next === '}' ? 'json' : 'text';
}

/** `[{`, `["` and `[[` may be JSON, `[1, 2]` is JSON; `[1] according to` and `[x] done` are text. */
function startOfArray(head: string, isAll: boolean): AnswerFormat | undefined {
  if (/^\[\s*[^\s[\]{}"\-\dtfn]/.test(head)) return 'text';
  const rest = /^\[[^[\]{}"]*(?:([[{"])|\]\s*(\S)?)/.exec(head);
  if (rest?.[1] !== undefined) return 'json';
  if (rest?.[2] !== undefined) return 'text';
  return isAll && rest !== null ? 'json' : undefined;
}

const PAGE_STARTS = ['<!doctype', '<html', '<head', '<body', '<?xml'];

/** A whole HTML document; a fragment of HTML is text. */
function startOfPage(head: string, isAll: boolean): AnswerFormat | undefined {
  const start = head
    .replace(/^(?:<!--[^]*?-->\s*)+/, '')
    .slice(0, 16)
    .toLowerCase();
  if ('<!--'.startsWith(start.slice(0, 4))) return undefined;
  for (const pageStart of PAGE_STARTS) {
    if (start.startsWith(pageStart)) {
      const next = start[pageStart.length];
      if (next === undefined ? isAll : /[\s>/]/.test(next)) return 'page';
      if (next === undefined) return undefined;
    } else if (pageStart.startsWith(start)) {
      return undefined;
    }
  }
  return 'text';
}

/** An answer that consists of n8n's notice that it is starting, or of JSON's `null`. */
function startOfNotice(head: string, isAll: boolean): AnswerFormat | undefined {
  if (STARTING_UP.startsWith(head) || 'null'.startsWith(head)) {
    if (!isAll) return undefined;
    return head === STARTING_UP ? 'page' : head === 'null' ? 'json' : 'text';
  }
  const [notice, format] = head.startsWith('null')
    ? (['null', 'json'] as const)
    : ([STARTING_UP, 'page'] as const);
  if (!head.startsWith(notice) || !/^[\s.…]*$/.test(head.slice(notice.length))) return 'text';
  return isAll ? format : undefined;
}

const SSE_FIELDS = ['data', 'event', 'id', 'retry'];
// `message:` is not a field of the standard, but Flowise starts its events with it.
const SSE_LINE = /^(?:(?:data|event|id|retry)?(?::|$)|message:$)/;
/** The start of a line that is a field, whatever follows. */
const SSE_FIELD_START = /^(?:data|event|id|retry)?:/;
const SSE_JSON_LINE = /^data: ?(?:\{|\[DONE\])/;

/**
 * Server-sent events. Undeclared ones must have nothing but fields before the first blank line, since text may start with "data:"
 * or ":)".
 */
function startOfLines(head: string, declared: DeclaredType, isAll: boolean): AnswerFormat | undefined {
  // A carriage return at the end may be half of a line break.
  const lines = head.split(/\r\n|\n|\r(?!$)/);
  const rest = (lines.pop() ?? '').replace(/\r$/, '');
  let hasData = false;
  for (const line of lines) {
    if (line === '') {
      if (hasData) return 'sse';
      continue;
    }
    if (!SSE_LINE.test(line)) return 'text';
    if (SSE_JSON_LINE.test(line) || (declared.isSse && line.includes(':'))) return 'sse';
    hasData ||= line.startsWith('data:');
  }
  if (SSE_JSON_LINE.test(rest) || (declared.isSse && SSE_FIELD_START.test(rest))) return 'sse';
  if (isAll) return declared.isSse && rest === 'message:' ? 'sse' : 'text';
  const mayBeField =
    SSE_FIELDS.some((field) => field.startsWith(rest) || rest.startsWith(`${field}:`)) ||
    'message:'.startsWith(rest);
  return mayBeField || rest.startsWith(':') ? undefined : 'text';
}
