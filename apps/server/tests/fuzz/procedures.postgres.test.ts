// Calls every procedure with random inputs, shaped by its schema but hostile. Each answer is a result or an error with a reason,
// never a crash, a 500, or a detail of the implementation.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appRouter } from '@parley/api';
import { randomRuns } from '@parley/testing';
import fc from 'fast-check';
import { z } from 'zod';
import { callAlone, callWithText } from '../matrix/attempt.ts';
import { fixtures, inputOf as workingInput } from '../matrix/fixtures.ts';
import { createPrincipal, type Principal } from '../matrix/principals.ts';
import { procedurePaths } from '../procedure-paths.ts';
import { startTestServer, type TestServer } from '../start-test-server.ts';
import { arbitraryInput, fieldsOf } from './arbitrary-input.ts';

const RUNS = randomRuns(1_000);
/** Inputs for procedures that hash a password: slow on purpose, and most inputs fail the checks before it. */
const RUNS_WHEN_SLOW = randomRuns(100);
const SLOW: ReadonlySet<string> = new Set([
  'auth.register',
  'auth.login',
  'auth.changePassword',
  'apiKey.create',
]);

/** Signs of a stack trace, SQL, a Postgres message, a file path or a package name. */
const inside =
  /\n\s+at |\.ts:\d+|node_modules|file:\/\/\/(?!etc)|\bselect\b.*\bfrom\b|\binsert into\b|relation "|column "|syntax error|violates|invalid input syntax|Cannot read prop|is not a function|TypeError|kysely|@parley\//i;

const types = ['query', 'mutation', 'subscription'] as const;
const calls = types.flatMap((type) => procedurePaths(type).map((path) => ({ path, type })));

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
  server.api.webhook.answer((response) => void response.writeHead(500).end('out of order'));
});

afterAll(() => server[Symbol.asyncDispose]());

test.each(calls)(
  '$path answers every input with a result or a reason',
  async ({ path, type }) => {
    const team = await server.api.createTeam({ isRegistrationOpen: true });
    const { headers, own } = await createPrincipal(server.api, team, 'admin');
    const ids = Object.entries(fixtures[path]?.ids ?? {}).map(([field, kind]) => [field, own[kind]] as const);
    const real = new Map<string, string>([...ids, ['webhookUrl', server.api.webhook.url]]);
    let answered = 0;
    const answersWell = fc.asyncProperty(arbitraryInput(inputOf(path), real), async (input) => {
      const outcome = await callAlone(server.url, { path, type, input, headers });
      const { reason, body } = outcome;
      expect(outcome.isOk || reason !== undefined, body).toBe(true);
      expect(reason, `${path} ${JSON.stringify(input)}`).not.toBe('INTERNAL_ERROR');
      // A response may echo the input, which may contain such signs itself.
      expect(withoutEchoes(body, input)).not.toMatch(inside);
      answered += 1;
    });
    await fc.assert(answersWell, { numRuns: SLOW.has(path) ? RUNS_WHEN_SLOW : RUNS, endOnFailure: true });
    expect(answered).toBeGreaterThanOrEqual(RUNS_WHEN_SLOW);
    // The server still works: the user is logged in, or was logged out by a call.
    expect(
      (await callAlone(server.url, { path: 'auth.me', type: 'query', input: undefined, headers })).body,
    ).toMatch(/"email"|"reason":"(SESSION_EXPIRED|NOT_AUTHENTICATED)"/);
  },
  120_000,
);

test.each(calls)('$path answers a value that is nested thousands of levels deep', async ({ path, type }) => {
  const team = await server.api.createTeam();
  const principal = await createPrincipal(server.api, team, 'admin');
  const { headers } = principal;
  const working = workingFields(path, principal);
  // The input of a query must fit in a URL.
  const levels = type === 'mutation' ? 100_000 : 2_000;
  const deep = `${'['.repeat(levels)}${']'.repeat(levels)}`;
  const inputs = [
    deep,
    `{"a":${deep}}`,
    ...fieldsOf(inputOf(path)).map((field) => withField(working, field, deep)),
  ];
  for (const input of inputs) {
    const { isOk, reason, body } = await callWithText(
      server.url,
      { path, type, headers },
      `{"json":${input}}`,
    );
    expect(isOk || (reason !== undefined && reason !== 'INTERNAL_ERROR'), body.slice(0, 300)).toBe(true);
    // The response does not echo the input: it would be as long.
    expect(body.length).toBeLessThan(levels);
  }
});

const times = ['0000-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z', '\0', 1e300];
const ties = ['0000-02-29', '9999-12-31', '00000000-0000-0000-0000-000000000000', '\0', '\ud800'];
const ranks = [0, -1, Number.MAX_SAFE_INTEGER, 1e300, 2 ** 31];
const forged = [
  ...times.flatMap((time) =>
    ties.map((id) => ({
      ...{ id, createdAt: time, lastActivityAt: time, timestamp: time },
      // The fields of a search cursor.
      ...{ chatId: id, beforeSeq: 9 },
    })),
  ),
  ...ranks.flatMap((rank) => ties.map((tie) => ({ rank, tie }))),
  ...ranks,
  ...[null, [], {}, '', true],
].map((position) => Buffer.from(JSON.stringify(position)).toString('base64url'));

const paged = calls.filter(({ path }) => fieldsOf(inputOf(path)).includes('cursor'));

test.each(paged)('$path answers a forged cursor', async ({ path, type }) => {
  const team = await server.api.createTeam();
  const principal = await createPrincipal(server.api, team, 'admin');
  const { headers } = principal;
  const working = workingFields(path, principal);
  // The fields of a usage cursor depend on `by`.
  const variants = path === 'admin.usage' ? [{}, { by: 'user' }, { by: 'agent' }] : [{}];
  let refused = 0;
  for (const cursor of forged) {
    for (const variant of variants) {
      const input = { ...working, ...variant, cursor };
      const { isOk, reason, body } = await callAlone(server.url, { path, type, input, headers });
      expect(isOk || (reason !== undefined && reason !== 'INTERNAL_ERROR'), body).toBe(true);
      if (reason === 'INVALID_CURSOR') refused += 1;
    }
  }
  expect(refused).toBeGreaterThan(0);
});

/** JSON of the object with one field replaced by raw JSON, which is too deep for `JSON.stringify`. */
function withField(object: Record<string, unknown>, field: string, json: string): string {
  const { [field]: _replaced, ...others } = object;
  const rest = JSON.stringify(others).slice(1, -1);
  return `{${rest}${rest === '' ? '' : ','}${JSON.stringify(field)}:${json}}`;
}

function workingFields(path: string, principal: Principal): Record<string, unknown> {
  const fixture = fixtures[path];
  const input = fixture === undefined ? undefined : workingInput(fixture, principal.own, principal);
  // Form fields cannot be nested.
  return input === undefined || input instanceof FormData ? {} : input;
}

function inputOf(path: string): z.ZodType {
  const procedures = z
    .record(z.string(), z.custom<{ _def: { inputs: unknown[] } }>())
    .parse(appRouter._def.procedures);
  const [input] = procedures[path]?._def.inputs ?? [];
  return input instanceof z.ZodType ? input : z.unknown();
}

function withoutEchoes(body: string, input: unknown): string {
  let rest = body;
  for (const text of textsOf(input)) rest = rest.replaceAll(JSON.stringify(text).slice(1, -1), '');
  return rest;
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return value.length > 3 ? [value, value.trim()] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => textsOf(key).concat(textsOf(inner)));
}
