// Finds the text in a JSON answer. Only known fields count as text: an agent may return its own input, token included, so JSON
// of an unknown shape has no text.

// The first one with text counts: `content` beside `output` is often a document that the agent has read.
const TEXT_KEYS = ['output', 'content', 'text', 'message', 'response', 'answer'] as const;
// The types and roles of what stands beside the text of an answer: thoughts, tool calls, and the messages of others.
const NOT_TEXT =
  /^(?:thinking|redacted_thinking|reasoning|tool|tool[-_].*|function.*|server_tool_use|.*_tool_result|.*_call|.*_call_output|source.*|human|user|system|developer)$/i;
// Deep enough for an n8n item around a completion around a list of content parts.
const MAX_DEPTH = 8;

export type UnknownRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is UnknownRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The text of an answer or of a streamed piece. `value` is a string, an object with one of the known keys, n8n's `json` or
 * OpenAI's `choices`, or an array of these, whose texts are joined with `separator`.
 * @returns an empty string if the field for the text is empty; undefined if the shape is unknown
 */
export function textOfValue(value: unknown, separator = '\n\n', depth = 0): string | undefined {
  if (typeof value === 'string') return value;
  if (depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return textOfArray(value, separator, depth);
  if (!isRecord(value)) return undefined;
  if (value['object'] === 'response') return textOfResponse(value, separator, depth);
  let found: string | undefined;
  for (const key of TEXT_KEYS) {
    const inner = value[key];
    if (typeof inner === 'number') return String(inner);
    const text = inner === null ? '' : textOfValue(inner, separator, depth + 1);
    if (text) return text;
    found ??= text;
  }
  const json = value['json'];
  if (isRecord(json)) return textOfValue(json, separator, depth + 1) ?? found;
  return textOfParts(value, depth) ?? textOfChoice(value, separator, depth) ?? found;
}

/** Gemini's `candidates` and `parts`, whose texts are pieces of one. */
function textOfParts({ parts, candidates }: UnknownRecord, depth: number): string | undefined {
  if (Array.isArray(candidates)) return textOfValue(candidates[0], '', depth + 1);
  return Array.isArray(parts) ? textOfArray(parts, '', depth) : undefined;
}

function textOfArray(values: readonly unknown[], separator: string, depth: number): string | undefined {
  let found: string | undefined = values.length === 0 ? '' : undefined;
  for (const value of values) {
    const text = isBesideText(value) ? undefined : textOfValue(value, separator, depth + 1);
    if (text === undefined) continue;
    // Separated texts are complete, so their surrounding white space is dropped. Pieces of one text are kept as they are.
    const piece = separator === '' ? text : text.trim();
    found = found && piece ? found + separator + piece : (found ?? '') + piece;
  }
  return found;
}

/** Whether an item of an array is something else than text of the agent. */
export function isBesideText(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { type, role, thought } = value;
  return (
    thought === true ||
    (typeof type === 'string' && NOT_TEXT.test(type)) ||
    (typeof role === 'string' && NOT_TEXT.test(role))
  );
}

/** OpenAI's completions: `choices[0].message.content`, in a stream `choices[0].delta.content`, in the old API `choices[0].text`. */
function textOfChoice(value: UnknownRecord, separator: string, depth: number): string | undefined {
  const choices = value['choices'];
  if (!Array.isArray(choices)) return undefined;
  // A stream may send one of several alternatives at a time. Only the one with index 0 is shown.
  const choice: unknown = choices.find((one) => isRecord(one) && (one['index'] ?? 0) === 0);
  if (!isRecord(choice)) return '';
  return textOfValue(choice['delta'] ?? choice, separator, depth + 1) ?? '';
}

/** The messages in the output of OpenAI's Responses API, without reasoning and tool calls. */
function textOfResponse({ output }: UnknownRecord, separator: string, depth: number): string | undefined {
  if (!Array.isArray(output)) return undefined;
  const messages = output.filter((item) => isRecord(item) && item['type'] === 'message');
  return textOfArray(messages, separator, depth);
}

/**
 * The text at a path such as `data.reply` or `items[0].text`. An array without an index stands for all of its items.
 * @returns undefined if there is none
 */
export function textAtPath(value: unknown, path: string): string | undefined {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
  return (
    textAt(value, keys) ??
    (isRecord(value) && isRecord(value['json']) ? textAt(value['json'], keys) : undefined)
  );
}

function textAt(value: unknown, keys: readonly string[]): string | undefined {
  const [key, ...rest] = keys;
  if (key === undefined)
    return typeof value === 'boolean' || typeof value === 'number' ? String(value) : textOfValue(value);
  if (Array.isArray(value) && !/^\d+$/.test(key)) {
    const texts = value.flatMap((item: unknown) => textAtPath(item, keys.join('.')) ?? []);
    return texts.length === 0
      ? undefined
      : texts
          .map((text) => text.trim())
          .filter(Boolean)
          .join('\n\n');
  }
  if (Array.isArray(value)) return textAt(value[Number(key)], rest);
  return isRecord(value) && Object.hasOwn(value, key) ? textAt(value[key], rest) : undefined;
}

const MAX_NAMED_FIELDS = 20;

/** The names of the fields of a JSON answer, for an admin: never their values. */
export function fieldsOf(value: unknown): string {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (!isRecord(first)) return '';
  const fields = Object.keys(isRecord(first['json']) ? first['json'] : first);
  const named = fields.slice(0, MAX_NAMED_FIELDS).map((field) => field.slice(0, 40));
  return named.join(', ') + (fields.length > named.length ? ', …' : '');
}
