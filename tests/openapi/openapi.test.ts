// The OpenAPI document: its linter, its examples, and what it must say.
import { appRouter, createOpenApiDocument, createRestNames, listRestRoutes } from '@parley/api';
import { createConfig, lintFromString } from '@redocly/openapi-core';
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
      // These have no body.
      if (status === '304' || status === '204') continue;
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
  expect(mediaTypes('/api/chats/{chat_id}/runs/{run_id}/events')).toEqual(['text/event-stream']);
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

test('addresses are URIs, and secrets have the pattern or the length that the server accepts', () => {
  const schema = (at: string, method: string, name: string): unknown => {
    const body = document.paths[at]?.[method]?.requestBody?.content['application/json']?.schema;
    return body?.properties?.[name];
  };
  expect(schema('/api/agents', 'post', 'webhook_url')).toMatchObject({ format: 'uri', maxLength: 2048 });
  expect(schema('/api/agents', 'post', 'webhook_token')).toMatchObject({ anyOf: [{ minLength: 1 }, {}] });
  expect(schema('/api/auth/register', 'post', 'password')).toMatchObject({ minLength: 10 });
  const { anyOf } = schema('/api/agents', 'post', 'signing_secret') as { anyOf: { pattern?: string }[] };
  const pattern = new RegExp(anyOf[0]?.pattern ?? '$^');
  expect(pattern.test('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=')).toBe(true);
  expect(pattern.test('a password')).toBe(false);
});

test('each operation lists the ways to authenticate: the access token or, with its scope, an API key', () => {
  const securityOf = (at: string, method = 'get') => document.paths[at]?.[method]?.security;
  expect(securityOf('/api/chats')).toEqual([{ accessToken: [] }, { apiKey: ['read'] }]);
  expect(securityOf('/api/api-keys')).toEqual([{ accessToken: [] }]);
  expect(securityOf('/api/auth/refresh', 'post')).toEqual([{ session: [] }]);
  expect(securityOf('/api/auth/login', 'post')).toEqual([]);
  const named = operations.flatMap(([, { security }]) => security.flatMap((one) => Object.keys(one)));
  expect(Object.keys(document.components['securitySchemes'] as object).toSorted()).toEqual(
    [...new Set(named)].toSorted(),
  );
});
