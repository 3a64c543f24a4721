// docs/security.md answers OWASP's list of requirements: none is left out or answered twice, and what it points to is there.
import { glob, readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const statuses = ['Met', 'Operator', 'Not applicable', 'Gap'];

interface Row {
  /** In the table's order. */
  requirements: string[];
  status: string;
  how: string;
  evidence: string;
}

const read = (file: string): Promise<string> => readFile(new URL(file, root), 'utf8');

let page: string;
let rows: Row[];
/** Requirements of levels 1 and 2, by their numbers. */
let levels: Map<string, string>;
/** What `[name]` links to, from the root. */
let links: Map<string, string>;

beforeAll(async () => {
  page = await read('docs/security.md');
  const list = (await read('tests/docs/asvs-5.0.0.txt')).trim().split('\n');
  levels = new Map(list.map((line) => line.split(' ') as [string, string]));
  rows = [...page.matchAll(/^\| (\d[^|]*) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$/gm)].map(
    ([, requirements = '', status = '', how = '', evidence = '']) => ({
      requirements: requirements.split(', ').flatMap(expand),
      status: status.trim(),
      how: how.trim(),
      evidence: evidence.trim(),
    }),
  );
  links = new Map(
    [...page.matchAll(/^\[([\w./-]+)\]: (\S+)$/gm)].map(([, name = '', target = '']) => [
      name,
      new URL(target, 'root:/docs/').pathname.slice(1),
    ]),
  );
});

/** `6.5.1 to 6.5.5`: all of these levels between the two, within their section. */
function expand(text: string): string[] {
  const [first = '', last] = text.split(' to ');
  if (last === undefined) return [first];
  const all = [...levels.keys()];
  const [from, to] = [all.indexOf(first), all.indexOf(last)];
  const section = (number: string): string => number.slice(0, number.lastIndexOf('.'));
  if (from === -1 || to <= from || section(first) !== section(last)) throw new Error(`${text} is no range`);
  return all.slice(from, to + 1);
}

describe('the table of requirements', () => {
  test('has every requirement of levels 1 and 2 once, in order, in the chapter that it belongs to', () => {
    expect(levels.size).toBe(253);
    expect(rows.flatMap(({ requirements }) => requirements)).toEqual([...levels.keys()]);
    for (const [, chapter = '', table = ''] of page.matchAll(/^### V(\d+) .*\n([^#]*)/gm)) {
      const numbers = [...table.matchAll(/^\| (\d+)\./gm)].map(([, number]) => number);
      expect(new Set(numbers)).toEqual(new Set([chapter]));
    }
  });

  test('says of each what holds, how, and where to look', () => {
    for (const { requirements, status, how, evidence } of rows) {
      const where = requirements.join();
      expect(statuses, where).toContain(status);
      expect(how.length, where).toBeGreaterThan(8);
      if (status === 'Met') expect(evidence, where).toMatch(/\[[\w./-]+\]/);
    }
  });

  test('is counted right', () => {
    const counted = (status: string, level: string): number =>
      rows
        .filter((row) => row.status === status)
        .flatMap(({ requirements }) => requirements)
        .filter((number) => levels.get(number) === level).length;
    for (const status of statuses) {
      const [one, two] = [counted(status, 'L1'), counted(status, 'L2')];
      expect(page).toMatch(
        new RegExp(String.raw`^\| ${status} +\| ${one} +\| ${two} +\| ${one + two} +\|`, 'm'),
      );
    }
  });
});

test('the server starts no program, and runs no text as code', async () => {
  const files = await Array.fromAsync(
    glob(['apps/{server,web}/src/**/*.{ts,tsx}', 'packages/*/src/**/*.ts'], { cwd: root }),
  );
  // Packages' support for tests is no part of a server, nor is what packs them.
  const sources = files.filter((file) => !/\/(testing|pack)\//.test(file));
  expect(sources.length).toBeGreaterThan(300);
  for (const file of sources) {
    expect(await read(file), file).not.toMatch(
      /node:(child_process|vm|cluster)|\beval\(|new Function\(|dangerouslySetInnerHTML/,
    );
  }
});

describe('what the page names', () => {
  test('as a file is a file, and every name is used', async () => {
    const text = page.replaceAll(/^\[[\w./-]+\]: \S+$/gm, '');
    const used = new Set(
      [...text.matchAll(/(?<!\])\[([a-z][\w./-]*)\](?!\()/g)].map(([, name = '']) => name),
    );
    expect([...used].toSorted()).toEqual([...links.keys()].toSorted());
    for (const [name, file] of links) {
      await expect(read(file), `${name} is ${file}`).resolves.not.toBe('');
    }
  });

  test('as a test is the title of one in that file', async () => {
    const named = [...page.matchAll(/\[([a-z][\w./-]*)\] "([^"]+)"/g)];
    expect(named.length).toBeGreaterThan(80);
    const missing: string[] = [];
    for (const [, name = '', title = ''] of named) {
      const source = await read(links.get(name) ?? name);
      const isThere = [`'${title}'`, `"${title}"`, `\`${title}\``].some((literal) =>
        source.includes(literal),
      );
      if (!isThere) missing.push(`${name}: ${title}`);
    }
    expect(missing).toEqual([]);
  });
});
