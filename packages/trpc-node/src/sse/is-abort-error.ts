import { isObject } from '../is-object.ts';

/** What a generator throws that was waiting on its signal: the stream ends, and nothing has gone wrong. */
export function isAbortError(error: unknown): boolean {
  return isObject(error) && error['name'] === 'AbortError';
}
