// examples/test-against-router: tests that call the router, with two test runners.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installExample, type Project } from '../support/project.ts';

let project: Project;

beforeAll(async () => {
  project = await installExample('test-against-router');
});

afterAll(() => project[Symbol.asyncDispose]());

test('the tests type-check, and a wrong field does not', async () => {
  expect(await project.run('typescript/bin/tsc', [])).toEqual({ code: 0, text: '' });
  await project.write(
    'src/wrong.ts',
    `import type { Caller } from '@parley/api/testing';
export const rename = (caller: Caller) => caller.chat.update({ id: 'c', titel: 'T' });
`,
  );
  const { code, text } = await project.run('typescript/bin/tsc', []);
  await project.write('src/wrong.ts', '');
  expect(code).not.toBe(0);
  expect(text).toMatch(/^src\/wrong\.ts.*titel/);
});

test('vitest runs them on an embedded database', async () => {
  const { code, text } = await project.run('vitest/vitest.mjs', ['run']);
  expect(text).toMatch(/Tests\s+2 passed/);
  expect(code).toBe(0);
});

test('Node’s own runner runs them, too', async () => {
  const { code, text } = await project.run('--test', ['tests/ask-agent.node.ts']);
  expect(text).toMatch(/pass 1\b/);
  expect(code).toBe(0);
});
