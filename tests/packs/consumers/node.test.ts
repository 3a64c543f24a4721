// examples/client-node: strict, nodenext, without skipLibCheck, on the oldest Node that the client supports.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { findNode } from '../support/find-node.ts';
import { installExample, type Project } from '../support/project.ts';

const { url, apiKey } = inject('server');
let project: Project;
let node20: string;

beforeAll(async () => {
  [project, node20] = await Promise.all([installExample('client-node'), findNode(20)]);
});

afterAll(() => project[Symbol.asyncDispose]());

test('the script compiles and prints a streamed answer on Node 20', async () => {
  expect(await project.run('typescript/bin/tsc', [])).toEqual({ code: 0, text: '' });
  const env = { PARLEY_URL: url, PARLEY_API_KEY: apiKey };
  const answer = await project.run('./dist/ask.js', ['echo from Node 20'], { env, node: node20 });
  expect(answer).toEqual({ code: 0, text: expect.stringContaining('from Node 20') });
});

test('a refused key is reported with the reason and the request’s id', async () => {
  await project.run('typescript/bin/tsc', []);
  const env = { PARLEY_URL: url, PARLEY_API_KEY: 'parley_unknown' };
  const { code, text } = await project.run('./dist/ask.js', [], { env, node: node20 });
  expect(code).toBe(1);
  expect(text).toMatch(/^INVALID_API_KEY \S{8,} /);
});

test('a wrong field does not compile', async () => {
  await project.write(
    'src/wrong.ts',
    `import { createClient } from '@parley/client';
const client = createClient({ url: 'http://127.0.0.1:8000', apiKey: 'parley_key' });
// @ts-expect-error agentID is not a field
void client.chat.create.mutate({ agentID: 'a' });
void client.chat.create.mutate({ agentId: 'a', titel: 'T' });
`,
  );
  const { code, text } = await project.run('typescript/bin/tsc', ['--noEmit']);
  expect(code).not.toBe(0);
  expect(text.match(/error TS\d+/g)).toHaveLength(1);
  expect(text).toMatch(/wrong\.ts.*titel/s);
});
