import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonReader } from '../src/json-reader.ts';

function readInPieces(text: string, cuts: number[]): unknown {
  const reader = new JsonReader();
  const places = cuts.map((cut) => cut % (text.length + 1)).toSorted((a, b) => a - b);
  let start = 0;
  for (const end of [...places, text.length]) {
    reader.write(text.slice(start, end));
    start = end;
  }
  return reader.end();
}

function readAtOnce(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const cuts = fc.array(fc.nat(), { maxLength: 8 });
const noise = fc
  .array(
    fc.constantFrom(
      ...['{', '}', '[', ']', ',', ':', '"', '"a"', '"__proto__"', '\\', '\\\\', '\\"', '\\u00', 'e9', '\\n'],
      ...[
        '1',
        '-',
        '0',
        '1e5',
        '.5',
        'true',
        'null',
        'x',
        ' ',
        '\n',
        '\t',
        '\u00a0',
        '\u0001',
        'é',
        '👋',
        '\ud83d',
      ],
      ...['{"a":', '[1,', '{"a":1}', '[]', '"\\ud83d\\udc4b"', '""'],
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe('JSON that is read in pieces', () => {
  it('has the value of JSON.parse, however it is split', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 1), cuts, (value, indent, at) => {
        const text = JSON.stringify(value, null, indent).replaceAll('é', '\\u00e9');
        expect(readInPieces(text, at)).toEqual(JSON.parse(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is refused where JSON.parse refuses it, however it is split', () => {
    fc.assert(
      fc.property(noise, cuts, (text, at) => {
        expect(readInPieces(text, at)).toEqual(readAtOnce(text));
      }),
      { numRuns: 20_000 },
    );
  });

  it('keeps a key named __proto__ as a plain key', () => {
    const value = readInPieces('{"__proto__":{"polluted":true},"a":1}', [3, 9]);
    expect(Object.keys(value ?? {})).toEqual(['__proto__', 'a']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });
});
