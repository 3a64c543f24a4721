import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { findBuiltPage } from '../scripts/built-page.ts';

const MAX_FIRST_BYTES = 200_000;
const MAX_MARKDOWN_BYTES = 60_000;

/** The part of Vite's manifest that the test needs. */
type Manifest = Record<string, { file: string; imports?: string[]; dynamicImports?: string[] }>;

let dir: string;
let manifest: Manifest;

beforeAll(() => {
  const ensurePage = fileURLToPath(new URL('../scripts/ensure-page.ts', import.meta.url));
  execFileSync(process.execPath, [ensurePage], { stdio: 'pipe' });
  dir = findBuiltPage() ?? '';
  manifest = JSON.parse(readFileSync(path.join(dir, '.vite/manifest.json'), 'utf8'));
}, 120_000);

/** The files that a browser loads before these entries can run. */
function filesOf(...parts: string[]): Set<string> {
  const files = new Set<string>();
  const visit = (part: string): void => {
    const chunk = manifest[part];
    if (chunk === undefined) throw new Error(`${part} is missing from the build`);
    if (files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const needed of chunk.imports ?? []) visit(needed);
  };
  for (const part of parts) visit(part);
  return files;
}

function compressedBytes(files: Set<string>): number {
  return [...files].reduce((sum, file) => sum + gzipSync(readFileSync(path.join(dir, file))).length, 0);
}

describe('the first load', () => {
  test.each([
    ['a chat', ['index.html']],
    ['the login', ['index.html', 'src/auth/login-page.tsx']],
    ['the registration', ['index.html', 'src/auth/register-page.tsx']],
  ])('of %s is at most 200 KB of compressed JavaScript', (_page, parts) => {
    const bytes = compressedBytes(filesOf(...parts));
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThanOrEqual(MAX_FIRST_BYTES);
  });

  test('contains neither the Markdown renderer nor what draws code and formulas', () => {
    const first = filesOf('index.html');
    for (const part of [
      'src/markdown/markdown-text.tsx',
      'src/markdown/highlight.ts',
      'src/markdown/katex.ts',
    ]) {
      const chunk = manifest[part];
      expect(chunk).toBeDefined();
      expect(first).not.toContain(chunk?.file);
    }
  });
});

test('the Markdown renderer, for which a chat waits, is at most 60 KB of compressed JavaScript', () => {
  const first = filesOf('index.html');
  const more = [...filesOf('src/markdown/markdown-text.tsx')].filter((file) => !first.has(file));
  expect(compressedBytes(new Set(more))).toBeLessThanOrEqual(MAX_MARKDOWN_BYTES);
});

test('every file that browsers cache forever has a content hash in its name', () => {
  const files = Object.values(manifest).map(({ file }) => file);
  for (const file of files) expect(file).toMatch(/^assets\/.+-[\w-]{8}\.(js|css|woff2)$/);
});
