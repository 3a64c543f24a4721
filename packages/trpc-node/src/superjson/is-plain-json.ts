import { SeenObjects } from './seen-objects.ts';

/**
 * Whether a value holds only what JSON has: what superjson would leave exactly as it is, and annotate with nothing.
 * When in doubt, no: superjson then decides.
 */
export function isPlainJson(value: unknown): boolean {
  return isPlain(value, new SeenObjects());
}

function isPlain(value: unknown, seen: SeenObjects): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object':
      return value === null || isPlainTree(value, seen);
    default:
      return false;
  }
}

function isPlainTree(value: object, seen: SeenObjects): boolean {
  // superjson notes what occurs twice, and cuts cycles.
  if (!seen.add(value)) return false;
  if (isRecord(value)) return isPlainRecord(value, seen);
  return (
    Array.isArray(value) && Object.getPrototypeOf(value) === Array.prototype && isPlainArray(value, seen)
  );
}

/** Not those without a prototype: some of them (JSON.rawJSON) are not what they look like. */
function isRecord(value: object): value is Record<string, unknown> {
  return Object.getPrototypeOf(value) === Object.prototype;
}

function isPlainRecord(record: Record<string, unknown>, seen: SeenObjects): boolean {
  for (const key in record) {
    // superjson refuses these.
    if (key === '__proto__' || key === 'constructor' || key === 'prototype') return false;
    if (!isPlain(record[key], seen)) return false;
  }
  return true;
}

function isPlainArray(array: readonly unknown[], seen: SeenObjects): boolean {
  // A hole reads as undefined.
  for (let index = 0; index < array.length; index += 1) {
    if (!isPlain(array[index], seen)) return false;
  }
  // superjson looks at properties beside the elements (`index` and `groups` of a match), JSON does not.
  return Object.keys(array).length === array.length;
}
