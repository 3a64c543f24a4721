import { MAX_TURN_MS, takeTurn } from '../take-turn.ts';

/**
 * Whether a value contains only JSON types, so that superjson would neither change nor annotate it. Returns false in
 * doubtful cases, which superjson then decides.
 */
export function isPlainJson(value: unknown): boolean {
  return isPlain(value, new SeenObjects());
}

/** The same for a large value, in slices between which other requests have their turn. */
export async function isPlainJsonInSlices(value: unknown): Promise<boolean> {
  const seen = new SeenObjects();
  await takeTurn();
  let startMs = performance.now();
  for (const isPlainStep of checkSteps(value, seen)) {
    if (!isPlainStep) return false;
    if (performance.now() - startMs < MAX_TURN_MS) continue;
    await takeTurn();
    startMs = performance.now();
  }
  return true;
}

/** Checks a value by the elements of its lists, each in one step. */
function* checkSteps(value: unknown, seen: SeenObjects): Generator<boolean> {
  if (Array.isArray(value)) {
    yield seen.add(value) && isPlainList(value);
    for (let index = 0; index < value.length; index += 1) yield isPlain(value[index], seen);
  } else if (typeof value === 'object' && value !== null && isRecord(value)) {
    yield seen.add(value);
    for (const key in value) {
      yield !isRefused(key);
      yield* checkSteps(value[key], seen);
    }
  } else yield isPlain(value, seen);
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
  return Array.isArray(value) && isPlainList(value) && arePlain(value, seen);
}

/** Objects without a prototype do not count: JSON.stringify treats some of them (JSON.rawJSON) specially. */
function isRecord(value: object): value is Record<string, unknown> {
  return Object.getPrototypeOf(value) === Object.prototype;
}

function isPlainRecord(record: Record<string, unknown>, seen: SeenObjects): boolean {
  for (const key in record) {
    if (isRefused(key) || !isPlain(record[key], seen)) return false;
  }
  return true;
}

/** superjson refuses these keys. */
function isRefused(key: string): boolean {
  return key === '__proto__' || key === 'constructor' || key === 'prototype';
}

/** superjson reads properties beside the elements (`index` and `groups` of a match), JSON.stringify does not. */
function isPlainList(array: readonly unknown[]): boolean {
  return Object.getPrototypeOf(array) === Array.prototype && Object.keys(array).length === array.length;
}

function arePlain(elements: readonly unknown[], seen: SeenObjects): boolean {
  // A hole reads as undefined.
  for (let index = 0; index < elements.length; index += 1) {
    if (!isPlain(elements[index], seen)) return false;
  }
  return true;
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
