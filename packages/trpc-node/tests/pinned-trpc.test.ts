// Checks the undocumented parts of tRPC that this package uses. When this fails, tRPC has changed: read the changes in the
// source files named here and run tests/conformance before moving the version.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as server from '@trpc/server';
import * as nodeHttp from '@trpc/server/adapters/node-http';
import * as http from '@trpc/server/http';
import * as observables from '@trpc/server/observable';
import * as unstable from '@trpc/server/unstable-core-do-not-import';
import { expect, test } from 'vitest';
import { z } from 'zod';

const KNOWN_VERSION = '11.25.2';

test('the installed tRPC is the version whose source has been reviewed', async () => {
  const manifest = fileURLToPath(import.meta.resolve('@trpc/server/package.json'));
  expect(z.object({ version: z.string() }).parse(JSON.parse(await readFile(manifest, 'utf8'))).version).toBe(
    KNOWN_VERSION,
  );
});

test('tRPC exports everything that this package imports', () => {
  expect(typeof server.getTRPCErrorFromUnknown).toBe('function');
  expect(typeof server.getTRPCErrorShape).toBe('function');
  expect(typeof server.isTrackedEnvelope).toBe('function');
  expect(typeof http.getHTTPStatusCode).toBe('function');
  expect(typeof http.parseConnectionParamsFromString).toBe('function');
  expect(typeof observables.isObservable).toBe('function');
  expect(typeof observables.observableToAsyncIterable).toBe('function');
  expect(typeof nodeHttp.createURL).toBe('function');
  expect(typeof nodeHttp.nodeHTTPRequestHandler).toBe('function');
  expect(typeof nodeHttp.internal_exceptionHandler).toBe('function');
  expect(typeof unstable.getProcedureAtPath).toBe('function');
  expect(unstable.middlewareMarker).toBe('middlewareMarker');
});

// procedureBuilder.ts: createResolver, callRecursive. Read and copied by src/call/invoke-procedure.ts.
test('a procedure has its middlewares in order, with the resolver as the last', () => {
  const { procedure } = server.initTRPC.create();
  const { _def } = procedure
    .input(z.string())
    .output(z.string())
    .query(({ input }) => input);
  const { middlewares } = z
    .object({ middlewares: z.array(z.custom<() => unknown>((v) => typeof v === 'function')) })
    .parse(_def);
  expect(middlewares.map(({ name }) => name)).toEqual([
    'inputValidatorMiddleware',
    'outputValidatorMiddleware',
    'resolveMiddleware',
  ]);
  expect(_def.type).toBe('query');
  expect(_def.experimental_caller).toBeFalsy();
});

// router.ts: createRouterFactory, getProcedureAtPath. Read by src/request/procedure-path.ts.
test('a router has its procedures by their full path, and getProcedureAtPath loads lazy ones', async () => {
  const { router, procedure } = server.initTRPC.create();
  const one = procedure.query(() => 1);
  const lazy = server.lazy(async () => router({ two: one }));
  const root = router({ nested: { one }, lazy });
  expect(Object.keys(root._def.procedures)).toEqual(['nested.one']);
  expect(Object.getPrototypeOf(root._def.procedures)).toBe(null);
  expect(Object.keys(root._def.lazy)).toEqual(['lazy']);
  expect(await unstable.getProcedureAtPath(root, 'lazy.two')).toBe(one);
  expect(await unstable.getProcedureAtPath(root, 'lazy.three')).toBe(null);
});

// initTRPC.ts, rootConfig.ts, transformer.ts. Read by src/handler-settings.ts.
test('a router has its settings in _def._config', () => {
  const sse = {
    ping: { enabled: true, intervalMs: 1 },
    maxDurationMs: 2,
    client: { reconnectAfterInactivityMs: 3 },
  };
  const { router } = server.initTRPC.create({ sse, pathSeparator: '~' });
  const { _config } = router({})._def;
  expect(_config).toMatchObject({ sse, pathSeparator: '~', transformer: { input: {}, output: {} } });
  expect(_config.transformer.output.serialize(1)).toBe(1);
});
