// Compares TargetParser, which avoids URL objects, with URL itself.
import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseQuery, TargetParser } from '../src/request/parse-target.ts';

const fieldNames = ['input', 'batch', 'lastEventId', 'connectionParams', 'a b', ''];

/** Characters that node's parser accepts in a request target. */
const characters = fc.constantFrom(
  ...Array.from('abc09-._~!$&()*+,;=:@/?|"<>{}[]^`\\\'%'),
  'é',
  '\u00ff',
  '\u0080',
  '%20',
  '%C3%A9',
  '%ff',
  '%0',
);

const query = fc.oneof(
  fc.string({ unit: characters, maxLength: 30 }),
  fc
    .array(
      fc.tuple(
        fc.constantFrom('input', 'batch', 'lastEventId', 'in%70ut', 'a+b', ''),
        fc.string({ unit: characters }),
      ),
      {
        maxLength: 5,
      },
    )
    .map((fields) => fields.map((field) => field.join('=')).join('&')),
);

test('a query is parsed as URLSearchParams parses it', () => {
  fc.assert(
    fc.property(query, (text) => {
      const { searchParams } = new URL(`http://localhost/?${text}`);
      const parsed = parseQuery(text);
      for (const name of fieldNames) expect(parsed.get(name)).toBe(searchParams.get(name));
    }),
    { numRuns: 2_000 },
  );
});

const path = fc.oneof(
  fc.string({ unit: characters, maxLength: 20 }).map((text) => `/${text}`),
  fc
    .array(fc.constantFrom('a', 'chat.send', '.', '..', '', '%2e', 'a,b', '.a', 'a~b-c_d', 'a.', '...'), {
      maxLength: 5,
    })
    .map((parts) => `/${parts.join('/')}`),
);

test('a path is parsed as URL parses it', () => {
  const targets = new TargetParser();
  fc.assert(
    fc.property(path, query, (pathname, search) => {
      const url = `${pathname}?${search}`;
      fc.pre(URL.canParse(url, 'http://localhost') && !url.startsWith('//'));
      const expected = new URL(url, 'http://localhost');
      fc.pre(expected.username === '' && expected.password === '');
      const parsed = targets.parse({ url, headers: { host: 'localhost' } } as unknown as IncomingMessage);
      expect(parsed.pathname).toBe(expected.pathname);
      for (const name of fieldNames) expect(parsed.query.get(name)).toBe(expected.searchParams.get(name));
    }),
    { numRuns: 2_000 },
  );
});
