// Markdown files point only to what the repository has: files, headings, and source files.
import { glob, readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);

test('a link in a Markdown file leads to a file, and a #fragment to a heading in it', async () => {
  const pages = await Array.fromAsync(
    glob(['*.md', '{docs,bench,examples,packages,apps}/**/*.md'], {
      cwd: fileURLToPath(root),
      exclude: (name) => name === 'node_modules',
    }),
  );
  expect(pages.length).toBeGreaterThan(20);
  const broken: string[] = [];
  let count = 0;
  for (const page of pages) {
    for (const target of linksOf(await readFile(new URL(page, root), 'utf8'))) {
      count += 1;
      if (!(await leadsSomewhere(new URL(target, new URL(page, root))))) broken.push(`${page}: ${target}`);
    }
  }
  expect(count).toBeGreaterThan(100);
  expect(broken).toEqual([]);
});

test('every source file that ARCHITECTURE.md and docs/reliability.md name exists', async () => {
  const files = await Array.fromAsync(
    glob('{apps,packages,tests}/**/*.{ts,tsx,sql,md}', {
      cwd: fileURLToPath(root),
      exclude: (name) => name === 'node_modules' || name === 'dist',
    }),
  );
  const missing: string[] = [];
  for (const page of ['ARCHITECTURE.md', 'docs/reliability.md']) {
    const names = [
      ...(await readFile(new URL(page, root), 'utf8')).matchAll(/(?<![\w<>-])[a-z][\w./-]*\.tsx?\b/g),
    ];
    expect(names.length).toBeGreaterThan(3);
    for (const [name] of names) {
      if (!files.some((file) => file === name || file.endsWith(`/${name}`))) missing.push(`${page}: ${name}`);
    }
  }
  expect(missing).toEqual([]);
});

/** The targets of `[text](target)` and `[name]: target` that are files of this repository. */
function linksOf(markdown: string): string[] {
  const text = markdown.replaceAll(/^ *```[^]*?^ *```$/gm, '').replaceAll(/`[^`\n]*`/g, '');
  const targets = [...text.matchAll(/\]\(<?([^\s)>]+)|^\[[^\]\n]+\]: (\S+)/gm)];
  return targets
    .map(([, inline, reference]) => inline ?? reference ?? '')
    .filter((target) => !/^[a-z]+:/.test(target));
}

async function leadsSomewhere(url: URL): Promise<boolean> {
  const { hash } = url;
  const file = new URL(url);
  file.hash = '';
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return false;
  if (hash === '' || !found.isFile()) return true;
  return headingIds(await readFile(file, 'utf8')).has(decodeURIComponent(hash.slice(1)));
}

/** As GitHub makes them of headings. */
function headingIds(markdown: string): Set<string> {
  const headings = [...markdown.matchAll(/^#+ (.+)$/gm)];
  return new Set(
    headings.map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}
