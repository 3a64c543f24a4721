// examples/client-vite-react: bundler resolution, with two versions of TypeScript, in a real browser.
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { browse, hasChromium } from '../support/browse.ts';
import { askOnPage } from '../support/ask-on-page.ts';
import { installExample, type Project } from '../support/project.ts';

const server = inject('server');
const typescript5 = createRequire(import.meta.url).resolve('typescript-5/bin/tsc');
let project: Project;

beforeAll(async () => {
  project = await installExample('client-vite-react');
});

afterAll(() => project[Symbol.asyncDispose]());

test.each([
  ['7', 'typescript/bin/tsc'],
  ['5.9', typescript5],
])('the project type-checks with TypeScript %s, and a wrong field does not', async (_version, tsc) => {
  expect(await project.run(tsc, [])).toEqual({ code: 0, text: '' });
  await project.write(
    'src/wrong.ts',
    `import { client } from './client.ts';\nvoid client.agent.list.query({ limit: '10' });\n`,
  );
  const { code, text } = await project.run(tsc, []);
  await project.write('src/wrong.ts', '');
  expect(code).not.toBe(0);
  expect(text.match(/error TS\d+/g)).toHaveLength(1);
  expect(text).toContain('src/wrong.ts');
});

test.runIf(hasChromium)(
  'the built page logs in and streams an answer, with the hooks and with useChat',
  async () => {
    const env = { PARLEY_URL: server.url };
    const built = await project.run('vite/bin/vite.js', ['build', '--logLevel=warn'], { env });
    expect(built).toEqual({ code: 0, text: '' });
    const url = await project.serve('vite/bin/vite.js', ['preview', '--port=0', '--host=127.0.0.1'], { env });
    await browse(url, (page) => askOnPage(page, server));
    await browse(`${url}?ai-sdk`, (page) => askOnPage(page, server));
  },
);
