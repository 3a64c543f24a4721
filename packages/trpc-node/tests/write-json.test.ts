import { expect, test } from 'vitest';
import { writeJson } from '../src/rest/write-json.ts';

function createTextStream() {
  const stream = {
    text: '',
    isEnded: false,
    write: (text: string) => void (stream.text += text),
    whenReady: () => Promise.resolve(),
    end(text = '') {
      stream.isEnded = true;
      stream.text += text;
    },
  };
  return stream;
}

const unchanged = (value: unknown) => value;

test('the pieces of an object are the JSON of the object', async () => {
  for (const object of [
    {},
    { a: undefined },
    { a: undefined, b: [1], c: undefined, d: 'x' },
    { a: [], b: null, c: [{}], d: [[1, 2], 'é"\n', undefined, null], e: { f: [1] } },
  ]) {
    const stream = createTextStream();
    await writeJson(object, { stream, convert: unchanged, maxPieceMs: 0 });
    expect(stream.text).toBe(JSON.stringify(object));
    expect(stream.isEnded).toBe(true);
  }
});

test('other work has its turn between the pieces of an array', async () => {
  const stream = createTextStream();
  const turns: number[] = [];
  let isDone = false;
  const countTurns = () => {
    turns.push(stream.text.length);
    if (!isDone) setImmediate(countTurns);
  };
  setImmediate(countTurns);
  const items = Array.from({ length: 50 }, (_, index) => ({ index }));
  await writeJson({ items }, { stream, convert: unchanged, maxPieceMs: 0 });
  isDone = true;
  expect(new Set(turns).size).toBeGreaterThan(40);
  expect(JSON.parse(stream.text)).toEqual({ items });
});

test('an object whose client has left is written no further', async () => {
  const stream = createTextStream();
  let converted = 0;
  const convert = (value: unknown) => {
    converted += 1;
    if (converted === 5) stream.isEnded = true;
    return value;
  };
  await writeJson({ items: Array.from({ length: 1_000 }, () => 1) }, { stream, convert, maxPieceMs: 0 });
  expect(converted).toBeLessThan(10);
});
