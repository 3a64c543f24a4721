import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');

/** The folders of src/ from the lowest to the highest: the rows of the README's table. */
const rooms = [...readme.matchAll(/^\| `src\/([\w-]+)` /gm)].map(([, room = '']) => room);

/** Static and dynamic imports with relative paths, those of types included. */
const IMPORT = /(?:\bfrom |\bimport\(|^import )'(\.[^']+)'/gm;

/** `main.tsx` is in no room: it may import from every room, and no file imports it. */
const files = globSync('*/**/*.{ts,tsx}', { cwd: path.join(root, 'src') });

const imports = files.flatMap((file) =>
  [...readFileSync(path.join(root, 'src', file), 'utf8').matchAll(IMPORT)].map(([, target = '']) => ({
    file,
    from: roomOf(file),
    to: roomOf(path.join(path.dirname(file), target)),
  })),
);

function roomOf(file: string): string {
  return file.split(path.sep)[0] ?? '';
}

test('the README lists every folder of src once', () => {
  const folders = [...new Set(files.map((file) => roomOf(file)))];
  expect(rooms.toSorted()).toEqual(folders.toSorted());
});

test('no file imports from a room that is higher than its own', () => {
  expect(imports.filter(({ from, to }) => from !== to).length).toBeGreaterThan(100);
  const upward = imports.filter(
    ({ from, to }) => !rooms.includes(to) || rooms.indexOf(to) > rooms.indexOf(from),
  );
  expect(upward).toEqual([]);
});
