// The OpenAPI document in other tools: a linter, and a generator of clients.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { appRouter, createOpenApiDocument, createRestNames, listRestRoutes } from '@parley/api';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import openapiTypescript, { astToString } from 'openapi-typescript';
import { expect, test } from 'vitest';

const routes = listRestRoutes(appRouter);
const names = createRestNames(routes);
const document = createOpenApiDocument(routes, names);
const source = JSON.stringify(document);

test('the document passes the linter with all of its recommended rules', async () => {
  const config = await createConfig({ extends: ['recommended-strict'] });
  const problems = await lintFromString({ source, absoluteRef: '/openapi.json', config });
  const found = problems.map(
    ({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`,
  );
  expect(found).toEqual([]);
});

test('the linter detects a broken reference', async () => {
  const config = await createConfig({ extends: ['recommended-strict'] });
  const broken = source.replace('"#/components/schemas/Chat"', '"#/components/schemas/Nothing"');
  const problems = await lintFromString({ source: broken, absoluteRef: '/openapi.json', config });
  expect(problems.map(({ ruleId }) => ruleId)).toContain('no-unresolved-refs');
});

const operations = Object.entries(document.paths).flatMap(([at, methods]) =>
  Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${at}`, operation] as const),
);

test('the document has every route of the server, with examples of its success and errors', () => {
  const documented = operations.map(([route]) => route).toSorted();
  expect(documented).toEqual(routes.map(({ method, path: at }) => `${method} ${at}`).toSorted());
  for (const [route, { responses, summary }] of operations) {
    expect(summary, route).toMatch(/^[A-Z]/);
    const statuses = Object.keys(responses);
    expect(
      statuses.some((status) => status.startsWith('2')),
      route,
    ).toBe(true);
    expect(statuses, route).toEqual(expect.arrayContaining(['429', '500']));
    for (const [status, response] of Object.entries(responses)) {
      // 304 is the only response without a body.
      if (status === '304') continue;
      const { content } = response as { content: Record<string, { example?: unknown; examples?: unknown }> };
      const shown = Object.values(content).some(
        (media) => media.example !== undefined || media.examples !== undefined,
      );
      if (status !== '202') expect(shown, `${route} ${status}`).toBe(true);
    }
  }
});

test('a special response is documented as the procedure declares it, and not as its output', () => {
  const mediaTypes = (at: string, method = 'get') => {
    const success = document.paths[at]?.[method]?.responses['200'] as { content: object };
    return Object.keys(success.content);
  };
  expect(mediaTypes('/api/chats/{chat_id}/messages', 'post')).toEqual([
    'text/event-stream',
    'application/json',
  ]);
  expect(mediaTypes('/api/chats/{id}/export')).toEqual(['text/markdown', 'application/json']);
  expect(mediaTypes('/api/agents/{id}/avatar')).toEqual(['image/webp']);
});

// A form has no example, because it contains bytes.
const withExamples = routes.filter(({ meta }) => meta.body === undefined);

test.each(withExamples.map((route) => [route.procedurePath, route] as const))(
  '%s accepts the examples of the document',
  (_, route) => {
    const operation = document.paths[route.path]?.[route.method.toLowerCase()];
    const { inputs } = route.procedure._def;
    const input = inputs[0] as
      { safeParse?: (value: unknown) => { success: boolean; error?: Error } } | undefined;
    if (input?.safeParse !== undefined) {
      const parameters = (operation?.parameters ?? []) as { name: string; example?: unknown }[];
      const body = operation?.requestBody as { content: Record<string, { example?: unknown }> } | undefined;
      const given = {
        ...(body?.content['application/json']?.example as object | undefined),
        ...Object.fromEntries(parameters.map(({ name, example }) => [name, example])),
      };
      const newIds = Object.fromEntries((route.meta.newIds ?? []).map((name) => [name, crypto.randomUUID()]));
      const parsed = input.safeParse({ ...newIds, ...(names.toInput(given) as object) });
      expect(parsed.error?.message).toBeUndefined();
    }
  },
);

test('a client generated from the document type-checks, and rejects invalid calls', async () => {
  // Inside this package, because the client imports openapi-fetch.
  const dir = fileURLToPath(new URL('node_modules/.generated/', import.meta.url));
  await mkdir(dir, { recursive: true });
  try {
    const types = await openapiTypescript(source);
    await writeFile(path.join(dir, 'generated.ts'), astToString(types));
    await copyFile(new URL('client.ts.txt', import.meta.url), path.join(dir, 'client.ts'));
    const tsconfig = {
      compilerOptions: {
        module: 'nodenext',
        target: 'es2024',
        lib: ['es2024', 'dom'],
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        allowImportingTsExtensions: true,
        types: [],
      },
      include: ['*.ts'],
    };
    await writeFile(path.join(dir, 'tsconfig.json'), JSON.stringify(tsconfig));
    await writeFile(path.join(dir, 'package.json'), '{"type":"module"}');
    const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
    const { stdout } = await promisify(execFile)(process.execPath, [tsc, '--project', dir]).catch(
      (error: unknown) => error as { stdout: string },
    );
    expect(stdout).toBe('');
  } finally {
    await rm(dir, { recursive: true });
  }
});
