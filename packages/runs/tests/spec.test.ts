// SPEC.md says what holds; this keeps it from saying what does not.
import { glob, readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { transitions } from '../src/run-state.ts';

const root = new URL('../../../', import.meta.url);
const spec = await readFile(new URL('../SPEC.md', import.meta.url), 'utf8');

/** The rows of the table under a heading, a list of cells each, without the line below the head. */
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

/** As the lists of invariants name the tests: a file of the repository, and a title in it. */
function namedTests(): { file: string; title: string }[] {
  return [...spec.matchAll(/^- `([^`]+\.ts)`: "([^"]+)"$/gm)].map(([, file = '', title = '']) => ({
    file,
    title,
  }));
}

describe('SPEC.md', () => {
  test('has the transition table that the code has', () => {
    const [[, ...triggers] = [], ...rows] = tableUnder('## Transitions');
    const written = Object.fromEntries(
      rows.map(([state = '', ...cells]) => [
        state,
        Object.fromEntries(cells.map((cell, index) => [triggers[index], cell])),
      ]),
    );
    expect(written).toEqual(transitions);
  });

  test('names only tests that there are', async () => {
    const tests = namedTests();
    expect(tests.length).toBeGreaterThan(20);
    const sources = new Map<string, string>();
    for (const { file } of tests) {
      if (!sources.has(file)) sources.set(file, await readFile(new URL(file, root), 'utf8'));
    }
    const missing = tests.filter(({ file, title }) => !titlesIn(sources.get(file) ?? '').includes(title));
    expect(missing).toEqual([]);
  });

  test('names a test for every invariant', () => {
    const invariants = spec.split(/^### /m).slice(1);
    expect(invariants.length).toBeGreaterThan(8);
    const untested = invariants.filter((text) => !/^- `[^`]+\.ts`: "/m.test(text));
    expect(untested.map((text) => text.slice(0, text.indexOf('\n')))).toEqual([]);
  });

  test('leaves no test file of this package unnamed', async () => {
    const named = new Set(namedTests().map(({ file }) => file));
    const files = await Array.fromAsync(glob('packages/runs/tests/*.test.ts', { cwd: root }));
    const unnamed = files.filter((file) => !named.has(file) && !file.endsWith('/spec.test.ts'));
    // The conformance suite is run by two files, and named by its own.
    expect(unnamed.filter((file) => !/journal\.(pglite|postgres)\.test\.ts$/.test(file))).toEqual([]);
  });
});

function titlesIn(source: string): string[] {
  const call = /\btest(?:\.(?:each|for|runIf|skipIf)\([^]*?\))?\(\s*(?:'((?:[^'\\]|\\.)*)'|`([^`]*)`)/g;
  return [...source.matchAll(call)].map(([, quoted, template]) => quoted ?? template ?? '');
}
