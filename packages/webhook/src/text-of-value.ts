// Finds the text in a JSON answer. Only what is known to be an answer counts: an agent may well return its own
// input, token included, so unknown JSON has no text at all.

const TEXT_KEYS = ['content', 'output', 'text', 'message', 'response', 'answer'] as const;
// Deep enough for an n8n item around a completion around a list of content parts.
const MAX_DEPTH = 8;

export type UnknownRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is UnknownRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The text of a whole answer or of a streamed piece of one: a string; an object with one of the known keys, n8n's
 * `json` or OpenAI's `choices`; or an array of such, whose texts are put together with `separator`.
 * An empty string means that the place for the text is there and empty; undefined, that the shape is not known.
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
  return textOfChoice(value, separator, depth) ?? found;
}

function textOfArray(values: readonly unknown[], separator: string, depth: number): string | undefined {
  let found: string | undefined = values.length === 0 ? '' : undefined;
  for (const value of values) {
    const text = textOfValue(value, separator, depth + 1);
    if (text === undefined) continue;
    // Texts that are set apart are whole ones, so white space around them means nothing; pieces of one are kept as they are.
    const piece = separator === '' ? text : text.trim();
    found = found && piece ? found + separator + piece : (found ?? '') + piece;
  }
  return found;
}

/** OpenAI's completions: `choices[0].message.content`, `choices[0].delta.content` in a stream, `choices[0].text` of old. */
function textOfChoice(value: UnknownRecord, separator: string, depth: number): string | undefined {
  const choices = value['choices'];
  if (!Array.isArray(choices)) return undefined;
  // Of several alternatives, each has its index, and comes by itself in a stream.
  const choice: unknown = choices.find((one) => isRecord(one) && (one['index'] ?? 0) === 0);
  if (!isRecord(choice)) return '';
  return textOfValue(choice['delta'] ?? choice, separator, depth + 1) ?? '';
}

/** OpenAI's responses: of its output, the messages; reasoning and tool calls are none. */
function textOfResponse({ output }: UnknownRecord, separator: string, depth: number): string | undefined {
  if (!Array.isArray(output)) return undefined;
  const messages = output.filter((item) => isRecord(item) && item['type'] === 'message');
  return textOfArray(messages, separator, depth);
}

/**
 * What a JSON value says went wrong: '' for an error without words, undefined for no error. A `message` beside an
 * `error` is about it, not an answer; any other text is an answer in spite of it.
 */
export function errorOfValue(value: unknown): string | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (!isRecord(first)) return undefined;
  const object = isRecord(first['json']) ? first['json'] : first;
  const { error } = object;
  if (object['type'] !== 'error' && (!error || textOfValue({ ...object, message: undefined })?.trim())) {
    return undefined;
  }
  return textOfError(error) ?? textOfError(object) ?? '';
}

function textOfError(error: unknown): string | undefined {
  if (typeof error === 'string') return error;
  if (!isRecord(error)) return undefined;
  for (const key of ['message', 'content', 'description'] as const) {
    const text = error[key];
    if (typeof text === 'string' && text !== '') return text;
  }
  return undefined;
}
