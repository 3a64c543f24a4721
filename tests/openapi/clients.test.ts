// Clients that others' generators make from the OpenAPI document: they type-check, and work against a server.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { appRouter, createOpenApiDocument, createRestNames, listRestRoutes } from '@parley/api';
import { CookieJar } from 'tough-cookie';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { generateClients, generators } from './generate-clients.ts';
import { startServer, type DemoServer } from './start-server.ts';

/** Inside this package, because clients import openapi-fetch; not in node_modules, whose TypeScript is not run. */
const dir = fileURLToPath(new URL('.generated/', import.meta.url));

const tsconfig = {
  compilerOptions: {
    ...{
      module: 'esnext',
      moduleResolution: 'bundler',
      target: 'es2024',
      lib: ['es2024', 'dom', 'dom.iterable'],
    },
    ...{ strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true, types: ['node'] },
  },
  include: ['**/*.ts'],
};

let server: DemoServer;

beforeAll(async () => {
  const routes = listRestRoutes(appRouter);
  const document = createOpenApiDocument(routes, createRestNames(routes));
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir);
  server = await startServer();
  await generateClients(dir, JSON.stringify(document), server.url);
  await copyFile(new URL('clients/scenario.ts.txt', import.meta.url), path.join(dir, 'scenario.ts'));
  for (const generator of generators) {
    const source = new URL(`clients/${generator}.ts.txt`, import.meta.url);
    await copyFile(source, path.join(dir, generator, 'client.ts'));
  }
  await writeFile(path.join(dir, 'tsconfig.json'), JSON.stringify(tsconfig));
}, 120_000);

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

test('the generated clients type-check, and so do calls of them; invalid calls do not', async () => {
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const { stdout } = await promisify(execFile)(process.execPath, [tsc, '--project', dir]).catch(
    (error: unknown) => error as { stdout: string },
  );
  expect(stdout).toBe('');
}, 120_000);

test.each(generators)(
  'the client of %s logs in, sends messages, streams and resumes answers',
  async (generator) => {
    const { run } = (await import(pathToFileURL(path.join(dir, generator, 'client.ts')).href)) as {
      run: (given: object) => Promise<unknown>;
    };
    const { url, email, password } = server;
    expect(await run({ url, email, password, fetch: fetchWithCookies() })).toEqual({
      role: 'admin',
      reason: 'INVALID_INPUT',
      answer: 'one two',
      streamed: 'one two',
      last: 'done',
      resumed: true,
      state: 'succeeded',
      found: true,
      failure: 'CHAT_NOT_FOUND',
    });
  },
);

function fetchWithCookies(): typeof fetch {
  const jar = new CookieJar();
  return async (input, init) => {
    const request = new Request(input, init);
    request.headers.set('cookie', await jar.getCookieString(request.url));
    const response = await fetch(request);
    for (const cookie of response.headers.getSetCookie()) await jar.setCookie(cookie, request.url);
    return response;
  };
}
