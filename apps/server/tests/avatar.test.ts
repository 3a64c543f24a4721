// Agents' pictures over HTTP: uploads over REST and tRPC, and downloads.
import { createClient } from '@parley/client';
import type { TestUser } from '@parley/api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendRequest } from './send-request.ts';
import { startRestServer, type RestServer } from './start-rest-server.ts';

/** A PNG of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

let rest: RestServer;
let agentId: string;

beforeAll(async () => {
  rest = await startRestServer();
  const { caller } = rest.team.admin;
  agentId = (await caller.agent.create({ name: 'Agent', webhookUrl: rest.api.webhook.url })).id;
});

afterAll(() => rest[Symbol.asyncDispose]());

async function upload(user: TestUser | undefined, bytes: Uint8Array): Promise<[number, unknown]> {
  const form = new FormData();
  form.set('avatar', new File([new Uint8Array(bytes)], 'me.png', { type: 'image/png' }));
  const response = await fetch(`${rest.url}/api/agents/${agentId}/avatar`, {
    method: 'POST',
    headers: user === undefined ? {} : { cookie: user.cookie, 'sec-fetch-site': 'none' },
    body: form,
  });
  return [response.status, await response.json()];
}

test('an uploaded picture is served as WebP, with nosniff and a sandbox', async () => {
  const { admin, user } = rest.team;
  const [status, body] = await upload(admin, PNG);
  expect([status, body]).toEqual([200, { id: agentId, avatar_url: expect.stringContaining(agentId) }]);
  const { avatar_url: avatarUrl } = body as { avatar_url: string };
  const answer = await sendRequest(`${rest.url}${avatarUrl}`, { headers: { cookie: user.cookie } });
  expect(answer.status).toBe(200);
  expect(answer.body.startsWith('RIFF')).toBe(true);
  expect(answer.headers).toMatchObject({
    'content-type': 'image/webp',
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-cache',
  });
  expect(answer.headers['content-security-policy']).toMatch(/default-src 'none'.*sandbox/);

  const { etag = '' } = answer.headers;
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await sendRequest(`${rest.url}${avatarUrl}`, {
      headers: { cookie: user.cookie, 'if-none-match': known },
    });
    expect([again.status, again.body], known).toEqual([304, '']);
  }
  const removed = await rest.send(admin, 'DELETE', `/api/agents/${agentId}/avatar`);
  expect(removed.body).toEqual({ id: agentId, avatar_url: null });
  const gone = await rest.send(user, 'GET', `/api/agents/${agentId}/avatar`);
  expect([gone.status, gone.body]).toMatchObject([404, { reason: 'AVATAR_NOT_FOUND' }]);
});

test('the typed client uploads a picture', async () => {
  const { cookie } = rest.team.admin;
  const client = createClient({
    url: rest.url,
    fetch: (url, init) => {
      const headers = new Headers(init?.headers);
      headers.set('cookie', cookie);
      headers.set('sec-fetch-site', 'none');
      return fetch(url, { ...init, headers });
    },
  });
  const form = new FormData();
  form.set('id', agentId);
  form.set('avatar', new File([new Uint8Array(PNG)], 'me.png'));
  expect((await client.agent.setAvatar.mutate(form)).avatarUrl).toContain(agentId);
  expect((await client.agent.get.query({ id: agentId })).avatar).toMatch(/^data:image\/webp;base64,/);
});

test('an upload requires an admin, at most 2 MB and a valid picture', async () => {
  const { admin, user } = rest.team;
  expect(await upload(undefined, PNG)).toMatchObject([401, { reason: 'NOT_AUTHENTICATED' }]);
  expect(await upload(user, PNG)).toMatchObject([403, { reason: 'ADMIN_REQUIRED' }]);
  expect(await upload(admin, Buffer.alloc(2_000_001))).toMatchObject([413, { reason: 'AVATAR_TOO_LARGE' }]);
  expect(await upload(admin, Buffer.alloc(3_000_000))).toMatchObject([413, { reason: 'PAYLOAD_TOO_LARGE' }]);
  expect(await upload(admin, Buffer.from('<svg/>'))).toMatchObject([400, { reason: 'INVALID_AVATAR' }]);
});
