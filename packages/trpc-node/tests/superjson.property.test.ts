// Compares superjsonSerializer, at once and in slices, with superjson itself: all give the same text for any value.
import fc from 'fast-check';
import superjson, { SuperJSON } from 'superjson';
import { describe, expect, test } from 'vitest';
import type { OutputSerializer } from '../src/index.ts';
import { superjsonSerializer, type Superjson } from '../src/superjson/superjson-serializer.ts';

class Point {
  x = 1;
  y = new Date(0);
}

class Sublist extends Array<unknown> {}

/** Values that JSON cannot represent, or that superjson encodes specially. */
const special = fc.constantFrom<(() => unknown)[]>(
  () => undefined,
  () => -0,
  () => Number.NaN,
  () => -Infinity,
  () => 10n,
  () => Symbol('free'),
  () => Symbol.iterator,
  () => new Date(0),
  () => new Date(Number.NaN),
  () => new Map([[{ a: 1 }, new Set([undefined])]]),
  () => new Error('an error', { cause: new TypeError('its cause') }),
  () => new URL('http://localhost/?a=b'),
  () => /a\/b/giu,
  () => new Uint8Array([1, 2]),
  () => Buffer.from('bytes'),
  () => new Point(),
  () => new Sublist(1, 2),
  () =>
    new (class {
      toJSON() {
        return 'from toJSON';
      }
    })(),
  () => ({ toJSON: () => 'own toJSON' }),
  () => ({ toJSON: 'no function' }),
  () => ({ [Symbol.toStringTag]: 'Symbol', a: 1 }),
  () => ({ [Symbol('key')]: 1, a: 2 }),
  () => Object.defineProperty({ a: 1 }, 'hidden', { value: undefined }),
  () => ({
    get computed() {
      return 1;
    },
  }),
  () => Object.freeze({ a: Object.freeze([1]) }),
  () => JSON.parse('{"__proto__":{"a":1}}'),
  () => ({ constructor: 1 }),
  () => ({ prototype: 1 }),
  () => Object.assign(Object.create(null), { a: 1 }),
  () => Object.create({ inherited: 1 }),
  () => Object.prototype,
  () => Array.prototype,
  () => 'abc'.match(/b/),
  () => 'abc'.match(/(?<letter>b)/),
  () => Object.assign([1, 2], { extra: undefined }),
  () => Object.assign([1, 2], { extra: 3 }),
  () => Object.assign([], { 3: 1 }),
  () => [1, , 3], // oxlint-disable-line no-sparse-arrays
  () => [1, ,], // oxlint-disable-line no-sparse-arrays
  () => Object.assign([], { length: 3 }),
  () => () => 1,
  () => Point,
  () => new Proxy({ a: 1 }, {}),
  () => Promise.resolve(1),
  () => new WeakMap(),
  () => Object('boxed'),
  () => Object(1),
  () => '\uD800',
  () => '\u2028\u0000"\\',
  () => 'é漢🎉',
);

const leaf = fc.oneof(
  { weight: 6, arbitrary: fc.jsonValue({ depthSize: 'small', stringUnit: 'binary' }) },
  { weight: 2, arbitrary: special.map((make) => make()) },
  {
    weight: 1,
    arbitrary: fc.anything({
      withBigInt: true,
      withBoxedValues: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withObjectString: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
    }),
  },
);

const keys = fc.oneof(
  fc.string(),
  fc.constantFrom(
    'a',
    'b.c',
    '\\',
    '0',
    '__proto__',
    'constructor',
    'prototype',
    'toJSON',
    'json',
    'meta',
    'length',
  ),
);

/** Trees of these values, some of which contain an object twice or form a cycle. */
const value = fc
  .letrec<{ tree: unknown; node: unknown }>((tie) => ({
    tree: fc.oneof({ depthSize: 'small' }, leaf, tie('node')),
    node: fc.oneof(
      fc.array(tie('tree'), { maxLength: 5 }),
      fc.array(fc.tuple(keys, tie('tree')), { maxLength: 5 }).map(recordOf),
    ),
  }))
  .tree.chain((tree) => fc.constantFrom('unchanged', 'twice', 'in a cycle').map((how) => knot(tree, how)));

function recordOf(entries: [string, unknown][]): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  // JSON.parse makes `__proto__` an ordinary property, too.
  for (const [key, item] of entries) {
    Object.defineProperty(record, key, { value: item, enumerable: true, configurable: true, writable: true });
  }
  return record;
}

function knot(tree: unknown, how: string): unknown {
  if (how === 'twice') return { first: tree, list: [tree] };
  if (how === 'in a cycle' && Array.isArray(tree) && Object.isExtensible(tree) && tree !== Array.prototype)
    tree.push({ tree });
  return tree;
}

async function outcomeOf(write: () => unknown): Promise<unknown> {
  try {
    return { text: await write() };
  } catch (error) {
    return { thrown: String(error) };
  }
}

async function expectEqual(instance: Superjson, serialize: OutputSerializer, input: unknown): Promise<void> {
  const expected = await outcomeOf(() => JSON.stringify(instance.serialize(input)));
  expect(await outcomeOf(() => JSON.stringify(serialize(input)))).toEqual(expected);
  expect(await outcomeOf(async () => JSON.stringify(await serialize.inSlices?.(input)))).toEqual(expected);
}

const claimsStrings = {
  isApplicable: (v: unknown) => v === 'claimed',
  serialize: () => 'x',
  deserialize: () => 'claimed',
};
const claimsObjects = {
  isApplicable: (v: unknown): v is object => typeof v === 'object' && v !== null && 'a' in v,
  serialize: () => ({ replaced: true }),
  deserialize: (v: unknown) => Object(v),
};

/** Instances with the settings that applications use. */
const instances: Record<string, () => SuperJSON> = {
  'with default settings': () => new SuperJSON(),
  'with dedupe': () => new SuperJSON({ dedupe: true }),
  'with a class': () => withSetup((instance) => instance.registerClass(Point, { allowProps: ['y'] })),
  'with a symbol': () => withSetup((instance) => instance.registerSymbol(Symbol.iterator, 'iterator')),
  'with error properties': () => withSetup((instance) => instance.allowErrorProps('stack')),
  'with a custom type among strings': () =>
    withSetup((instance) => instance.registerCustom(claimsStrings, 'strings')),
  'with a custom type among objects': () =>
    withSetup((instance) => instance.registerCustom(claimsObjects, 'objects')),
  'with Object as a class': () => withSetup((instance) => instance.registerClass(Object)),
  'with Array as a class': () => withSetup((instance) => instance.registerClass(Array)),
  'with String as a class': () => withSetup((instance) => instance.registerClass(String)),
};

function withSetup(setUp: (instance: SuperJSON) => void): SuperJSON {
  const instance = new SuperJSON();
  setUp(instance);
  return instance;
}

describe.each(Object.entries(instances))('superjson %s', (_setup, create) => {
  const instance = create();
  const serialize = superjsonSerializer(instance);

  test('any value is written as superjson writes it', async () => {
    await fc.assert(
      fc.asyncProperty(value, (input) => expectEqual(instance, serialize, input)),
      { numRuns: 300 },
    );
  });

  test.each(['claimed', { a: 1 }, [{ a: 1 }], 1, true, null, {}, []])(
    '%j is written as superjson writes it',
    (input) => expectEqual(instance, serialize, input),
  );
});

test("superjson's default export is accepted as an instance", async () => {
  const serialize = superjsonSerializer(superjson);
  await fc.assert(
    fc.asyncProperty(value, (input) => expectEqual(superjson, serialize, input)),
    { numRuns: 1_000 },
  );
});

test('plain values are passed through without a copy', () => {
  const serialize = superjsonSerializer(superjson);
  const plain = fc
    .jsonValue()
    .filter((input) => !/"(__proto__|prototype|constructor)":/.test(JSON.stringify(input)));
  fc.assert(
    fc.property(plain, (input) => {
      fc.pre(!hasMinusZero(input));
      expect((serialize(input) as { json: unknown }).json).toBe(input);
    }),
  );
});

function hasMinusZero(input: unknown): boolean {
  return (
    Object.is(input, -0) ||
    (typeof input === 'object' && input !== null && Object.values(input).some(hasMinusZero))
  );
}

test('a type that is registered after the serializer was created is respected', async () => {
  const instance = new SuperJSON();
  const serialize = superjsonSerializer(instance);
  await expectEqual(instance, serialize, { a: 1 });
  instance.registerCustom(claimsObjects, 'objects');
  await expectEqual(instance, serialize, { a: 1 });
  expect(serialize({ a: 1 })).toHaveProperty('meta');
});

test('many objects and deep objects are written as superjson writes them', async () => {
  const serialize = superjsonSerializer(superjson);
  const shared = { shared: true };
  const many = Array.from({ length: 200 }, (_, id) => ({ id, tags: [String(id)] }));
  let deep: unknown = 1;
  for (let depth = 0; depth < 200; depth += 1) deep = { deep };
  for (const input of [many, [...many, many[150]], [shared, ...many, shared], deep]) {
    await expectEqual(superjson, serialize, input);
  }
});

test('a serializer other than superjson is refused', () => {
  expect(() => superjsonSerializer({ serialize: JSON.stringify })).toThrow(
    'does not know this version of superjson',
  );
});
