// Finds the text in a JSON answer. Only known fields count as text: an agent may return its own input, token included, so JSON
// of an unknown shape has no text.

const TEXT_KEYS = ['content', 'output', 'text', 'message', 'response', 'answer'] as const;
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
  return textOfChoice(value, separator, depth) ?? found;
}

function textOfArray(values: readonly unknown[], separator: string, depth: number): string | undefined {
  let found: string | undefined = values.length === 0 ? '' : undefined;
  for (const value of values) {
    const text = textOfValue(value, separator, depth + 1);
    if (text === undefined) continue;
    // Separated texts are complete, so their surrounding white space is dropped. Pieces of one text are kept as they are.
    const piece = separator === '' ? text : text.trim();
    found = found && piece ? found + separator + piece : (found ?? '') + piece;
  }
  return found;
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
 * The error that a JSON value reports: '' for an error without a message, undefined for no error. A `message` beside an
 * `error` belongs to the error; any other text is an answer in spite of the error.
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
