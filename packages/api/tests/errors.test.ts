// Errors as a client receives them, through tRPC's own HTTP handling.
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { newId } from '@parley/db';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { appRouter, createHttpContext } from '../src/index.ts';
import { createTestApi, type TestApi, type TestTeam } from '../src/testing/index.ts';

let api: TestApi;
let team: TestTeam;
let origin: string;
const server = createServer();

beforeAll(async () => {
  api = await createTestApi();
  team = await api.createTeam();
  const handler = createHTTPHandler({
    router: appRouter,
    createContext: (http) => createHttpContext(api.services, http),
  });
  server.on('request', handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  origin = `http://127.0.0.1:${address.port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await api[Symbol.asyncDispose]();
});

const errorAnswer = z.object({
  error: z.object({
    json: z.object({
      message: z.string(),
      data: z.object({
        reason: z.string(),
        httpStatus: z.number(),
        fieldErrors: z.record(z.string(), z.array(z.string())).optional(),
      }),
    }),
  }),
});

async function post(procedure: string, body: string, cookie = team.user.cookie) {
  const headers = { 'content-type': 'application/json', cookie };
  const response = await fetch(`${origin}/${procedure}`, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

async function errorOf(procedure: string, body: string, cookie?: string) {
  const { status, text } = await post(procedure, body, cookie);
  const { error } = errorAnswer.parse(JSON.parse(text));
  expect(error.json.data.httpStatus).toBe(status);
  return { status, ...error.json.data };
}

describe('an error', () => {
  test.each([
    ['invalid JSON', 'auth.login', '{"json":', 400, 'INVALID_REQUEST'],
    ['an unknown procedure', 'chat.nope', '{}', 404, 'PROCEDURE_NOT_FOUND'],
    ['a mutation of a query', 'chat.list', '{}', 405, 'METHOD_NOT_SUPPORTED'],
    ['wrong types', 'chat.create', '{"json":{"agentId":5}}', 400, 'INVALID_INPUT'],
    ['no input', 'chat.create', '', 400, 'INVALID_INPUT'],
    ['a missing chat', 'chat.delete', `{"json":{"id":"${newId()}"}}`, 404, 'CHAT_NOT_FOUND'],
    ['a malformed id', 'chat.delete', `{"json":{"id":"1' or 1=1"}}`, 400, 'INVALID_INPUT'],
  ])('%s fails with its status and reason', async (_, procedure, body, status, reason) => {
    expect(await errorOf(procedure, body)).toMatchObject({ status, reason });
  });

  test('an anonymous call fails with 401', async () => {
    expect(await errorOf('chat.delete', '{}', '')).toMatchObject({
      status: 401,
      reason: 'NOT_AUTHENTICATED',
    });
  });

  test('the error of an invalid input names each field', async () => {
    const error = await errorOf('auth.register', '{"json":{"email":"x","password":"short","teamId":"y"}}');
    expect(error.fieldErrors).toEqual({
      email: [expect.stringContaining('must be an email address')],
      password: ['must have at least 10 characters'],
      teamId: ['must be a UUID'],
    });
  });

  // This test breaks the database, so it is the last in the file.
  test('an internal error reveals no internals', async () => {
    await api.db.schema.dropTable('chats').cascade().execute();
    const { text } = await post('chat.update', `{"json":{"id":"${newId()}","title":"x"}}`);
    const { error } = z.object({ error: z.unknown() }).parse(JSON.parse(text));
    expect(error).toEqual({
      json: {
        code: -32603,
        message:
          'Something went wrong on the server. Try again. If the problem persists, contact the server’s operator.',
        data: {
          code: 'INTERNAL_SERVER_ERROR',
          httpStatus: 500,
          path: 'chat.update',
          reason: 'INTERNAL_ERROR',
        },
      },
    });
  });
});
