import { isObject } from './is-object.ts';

/** What only a streamed answer could carry: an async iterable, or an object that holds one, or a promise. */
export function isStreamLike(value: unknown): boolean {
  if (!isObject(value)) return false;
  if (Symbol.asyncIterator in value) return true;
  for (const item of Object.values(value)) {
    if (typeof item !== 'object' && typeof item !== 'function') continue;
    if (isPromiseLike(item) || (isObject(item) && Symbol.asyncIterator in item)) return true;
  }
  return false;
}

function isPromiseLike(value: object | null): boolean {
  return (
    value !== null &&
    'then' in value &&
    typeof value.then === 'function' &&
    'catch' in value &&
    typeof value.catch === 'function'
  );
}
