// Keeps SPEC.md true: the transition table matches the code, and the tests it names exist.
import { glob, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { transitions } from '../src/run-state.ts';

const root = new URL('../../../', import.meta.url);
const spec = await readFile(new URL('../SPEC.md', import.meta.url), 'utf8');

/** The rows of the table under a heading as lists of cells, without the separator line. */
function tableUnder(heading: string): string[][] {
  const lines = spec.slice(spec.indexOf(`\n${heading}\n`)).split('\n');
  const first = lines.findIndex((line) => line.startsWith('|'));
  const end = lines.findIndex((line, index) => index > first && !line.startsWith('|'));
  const rows = lines.slice(first, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.replaceAll('`', '').trim()),
  );
  return rows.filter((_, index) => index !== 1);
}

/** The tests that the lists of invariants name: a file of the repository and a title in it. */
function namedTests(): { file: string; title: string }[] {
  return [...spec.matchAll(/^- `([^`]+\.ts)`: "([^"]+)"$/gm)].map(([, file = '', title = '']) => ({
    file,
    title,
  }));
}

describe('SPEC.md', () => {
  test('SPEC.md has the transition table of the code', () => {
    const [[, ...triggers] = [], ...rows] = tableUnder('## Transitions');
    const written = Object.fromEntries(
      rows.map(([state = '', ...cells]) => [
        state,
        Object.fromEntries(cells.map((cell, index) => [triggers[index], cell])),
      ]),
    );
    expect(written).toEqual(transitions);
  });

  test('SPEC.md names only tests that exist', async () => {
    const tests = namedTests();
    expect(tests.length).toBeGreaterThan(20);
    const sources = new Map<string, string>();
    for (const { file } of tests) {
      if (!sources.has(file)) sources.set(file, await readFile(new URL(file, root), 'utf8'));
    }
    const missing = tests.filter(({ file, title }) => !titlesIn(sources.get(file) ?? '').includes(title));
    expect(missing).toEqual([]);
  });

  test('SPEC.md names a test for every invariant', () => {
    const invariants = spec.split(/^### /m).slice(1);
    expect(invariants.length).toBeGreaterThan(8);
    const untested = invariants.filter((text) => !/^- `[^`]+\.ts`: "/m.test(text));
    expect(untested.map((text) => text.slice(0, text.indexOf('\n')))).toEqual([]);
  });

  test('SPEC.md names every test file of this package', async () => {
    const named = new Set(namedTests().map(({ file }) => file));
    const files = await Array.fromAsync(glob('packages/runs/tests/*.test.ts', { cwd: root }));
    const unnamed = files.filter((file) => !named.has(file) && !file.endsWith('/spec.test.ts'));
    // Two files run the conformance suite, and SPEC.md names the suite's own file.
    expect(unnamed.filter((file) => !/journal\.(pglite|postgres)\.test\.ts$/.test(file))).toEqual([]);
  });
});

function titlesIn(source: string): string[] {
  const call = /\btest(?:\.(?:each|for|runIf|skipIf)\([^]*?\))?\(\s*(?:'((?:[^'\\]|\\.)*)'|`([^`]*)`)/g;
  return [...source.matchAll(call)].map(([, quoted, template]) => quoted ?? template ?? '');
}
