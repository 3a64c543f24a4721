// examples/client-next: a server component and client components of the app router, in a real browser.
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { askOnPage } from '../support/ask-on-page.ts';
import { browse, hasChromium } from '../support/browse.ts';
import { installExample, type Project } from '../support/project.ts';

const server = inject('server');
const env = { PARLEY_URL: server.url };
let project: Project;

beforeAll(async () => {
  project = await installExample('client-next');
});

afterAll(() => project[Symbol.asyncDispose]());

test('a wrong field fails the build, without it the build passes', async () => {
  const wrong = `import { createServerClient } from './server-client';
export async function rename() {
  const client = await createServerClient();
  await client.chat.update.mutate({ id: 'c', titel: 'T' });
}
`;
  await project.write('app/wrong.ts', wrong);
  const failed = await project.run('typescript/bin/tsc', []);
  expect(failed).toEqual({ code: 2, text: expect.stringMatching(/^app\/wrong\.ts.*titel/) });
  await project.write('app/wrong.ts', 'export {};\n');
  const { code, text } = await project.run('next/dist/bin/next', ['build'], { env });
  expect(text).toContain('/');
  expect(code).toBe(0);
});

test.runIf(hasChromium)(
  'the server component lists the user’s agents, and the client component streams',
  async () => {
    const url = await project.serve('next/dist/bin/next', ['start', '--port=0', '--hostname=127.0.0.1'], {
      env,
    });
    await browse(url, async (page) => {
      await askOnPage(page, server);
      expect(await page.getByRole('listitem').count()).toBeGreaterThan(0);
    });
  },
);
