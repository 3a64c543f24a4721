import { expect, test } from 'vitest';
import { isLargeValue, writeJson } from '../src/write-json.ts';

function createTextStream() {
  const stream = {
    text: '',
    isEnded: false,
    write: (text: string) => void (stream.text += text),
    whenReady: () => Promise.resolve(),
  };
  return stream;
}

const long = 'some text, é, "quotes"\n'.repeat(20_000);
const list = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ index, text: 'a'.repeat(100) }));

test.each([
  [],
  {},
  { a: undefined, b: [1], c: undefined, d: 'x' },
  { a: undefined, b: [1], c: long, d: [long, undefined, null, 'é"\n'], e: {}, f: { g: { h: long } } },
  { result: { data: { json: { id: 'a', items: list(5_000), next: null } } } },
  [{ result: { data: list(2_000) } }, { error: { message: 'x', data: undefined } }],
  '\u{1F600}'.repeat(100_000),
  `a${'\u{1F600}'.repeat(100_000)}`,
  `${'\ud83d'.repeat(100_000)}a`,
  '\u0001'.repeat(200_000),
])('the pieces of a value are its JSON (%#)', async (value) => {
  const stream = createTextStream();
  await writeJson(value, { stream, maxPieceMs: 0 });
  expect(stream.text === JSON.stringify(value)).toBe(true);
});

test('each property and each item of a list is converted once', async () => {
  const stream = createTextStream();
  const convert = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [`${key}_`, convert(inner)]))
      : value;
  const value = { a: { b: 1 }, c: long, d: list(5_000) };
  expect(isLargeValue(value)).toBe(true);
  await writeJson(value, { stream, convert, maxPieceMs: 0 });
  const items = list(5_000).map(({ index, text }) => ({ index_: index, text_: text }));
  expect(JSON.parse(stream.text)).toEqual({ a_: { b_: 1 }, c_: long, d_: items });
});

test.each([['items'], ['characters of a text']])('other work has its turn between %s', async (name) => {
  const stream = createTextStream();
  const lengths = new Set<number>();
  let isDone = false;
  const watch = () => {
    lengths.add(stream.text.length);
    if (!isDone) setImmediate(watch);
  };
  setImmediate(watch);
  await writeJson(
    { name, value: name === 'items' ? list(5_000) : 'a'.repeat(1_000_000) },
    { stream, maxPieceMs: 0 },
  );
  isDone = true;
  expect(lengths.size).toBeGreaterThan(40);
});

test('a value whose client has left is written no further', async () => {
  const stream = createTextStream();
  let converted = 0;
  const convert = (value: unknown) => {
    converted += 1;
    if (converted === 5) stream.isEnded = true;
    return value;
  };
  await writeJson({ items: list(5_000) }, { stream, convert, maxPieceMs: 0 });
  expect(converted).toBeLessThan(10);
});
