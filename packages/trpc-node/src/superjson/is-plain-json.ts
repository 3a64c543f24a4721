/**
 * Whether a value contains only JSON types, so that superjson would neither change nor annotate it. Returns false in
 * doubtful cases, which superjson then decides.
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
  // superjson annotates an object that occurs twice, and cuts cycles.
  if (!seen.add(value)) return false;
  if (isRecord(value)) return isPlainRecord(value, seen);
  return (
    Array.isArray(value) && Object.getPrototypeOf(value) === Array.prototype && isPlainArray(value, seen)
  );
}

/** Objects without a prototype do not count: JSON.stringify treats some of them (JSON.rawJSON) specially. */
function isRecord(value: object): value is Record<string, unknown> {
  return Object.getPrototypeOf(value) === Object.prototype;
}

function isPlainRecord(record: Record<string, unknown>, seen: SeenObjects): boolean {
  for (const key in record) {
    // superjson refuses these keys.
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
  // superjson reads properties beside the elements (`index` and `groups` of a match), JSON.stringify does not.
  return Object.keys(array).length === array.length;
}

/** Searching this many objects in an array is faster than creating a Set. */
const MAX_LISTED = 16;

/** The objects within one value. */
class SeenObjects {
  readonly #listed: object[] = [];
  #others: Set<object> | undefined;

  /** Returns false if the object has been added before. */
  add(value: object): boolean {
    if (this.#listed.includes(value)) return false;
    if (this.#listed.length < MAX_LISTED) {
      this.#listed.push(value);
      return true;
    }
    this.#others ??= new Set();
    const { size } = this.#others;
    return this.#others.add(value).size > size;
  }
}
