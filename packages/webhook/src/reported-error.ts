// An error that an agent reports within its answer, in the shapes that APIs use.

import { isRecord, textOfValue, type UnknownRecord } from './text-of-value.ts';

export interface ReportedError {
  message: string;
  /** The codes, types and statuses of the error, by which it can be explained; they are not shown. */
  code: string;
}

/**
 * The error that a JSON value reports; undefined for no error. A `message` beside an `error` belongs to the error; any other
 * text is an answer in spite of the error.
 */
export function errorOfValue(value: unknown): ReportedError | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (!isRecord(first)) return undefined;
  const object = isRecord(first['json']) ? first['json'] : first;
  const { error } = object;
  if (object['type'] !== 'error' && (!error || textOfValue({ ...object, message: undefined })?.trim())) {
    return undefined;
  }
  return readError(error, object);
}

/** @param beside the object around the error */
export function readError(error: unknown, beside: UnknownRecord = {}): ReportedError {
  return {
    message: messageOf(error, beside) ?? messageOf(beside) ?? '',
    code: [...codesOf(error), ...codesOf(beside)].join(' '),
  };
}

/** @param beside the object around the error, whose message says more than an error that is a name */
function messageOf(error: unknown, beside: UnknownRecord = {}): string | undefined {
  const { message } = beside;
  if (typeof error === 'string')
    return typeof message === 'string' && message !== '' && message !== error
      ? `${error}: ${message}`
      : error;
  if (!isRecord(error)) return undefined;
  for (const key of ['message', 'content', 'description'] as const) {
    const text = error[key];
    if (typeof text === 'string' && text !== '') return text;
  }
  return undefined;
}

function codesOf(error: unknown): string[] {
  if (!isRecord(error)) return [];
  return ['code', 'type', 'status'].flatMap((key) => {
    const code = error[key];
    return typeof code === 'string' || typeof code === 'number' ? [String(code).slice(0, 100)] : [];
  });
}
