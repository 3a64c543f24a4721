import { initTRPC } from '@trpc/server';
import { expect, test } from 'vitest';
import { createNodeHandler } from '../src/index.ts';
import { serve } from './support/serve.ts';

test('an unknown option is refused by name: an ignored one could leave the server open', () => {
  const router = initTRPC.create().router({});
  const options = { router, maxBodyBytes: 1_000, batching: { enabled: false } };
  expect(() => createNodeHandler(options)).toThrow(
    /^createNodeHandler has no option maxBodyBytes, batching\. Its options are router, .*maxBodySize/,
  );
});

test('a middleware that throws fails its request with 500, and the next request is served', async () => {
  const t = initTRPC.create();
  const handler = createNodeHandler({
    router: t.router({ hello: t.procedure.query(() => 'hello') }),
    middleware: (request, _response, next) => {
      if (request.headers['x-fail'] !== undefined) throw new Error('the middleware throws');
      next();
    },
  });
  await using server = await serve(handler);
  const failed = await fetch(`${server.url}/hello`, { headers: { 'x-fail': '1' } });
  expect(failed.status).toBe(500);
  expect(await failed.json()).toMatchObject({ error: { data: { code: 'INTERNAL_SERVER_ERROR' } } });
  expect(await (await fetch(`${server.url}/hello`)).json()).toEqual({ result: { data: 'hello' } });
});
