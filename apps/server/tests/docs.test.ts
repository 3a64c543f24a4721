import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendRequest } from './send-request.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server[Symbol.asyncDispose]());

test('/openapi.json is public and answers 304 to its ETag', async () => {
  const first = await sendRequest(`${server.url}/openapi.json`);
  expect(first.status).toBe(200);
  expect(JSON.parse(first.body)).toMatchObject({ openapi: '3.1.0', info: { title: 'Parley' } });
  const again = await sendRequest(`${server.url}/openapi.json`, {
    headers: { 'if-none-match': first.headers.etag },
  });
  expect([again.status, again.body]).toEqual([304, '']);
});

test.each(['/docs', '/redoc'])('%s loads only own files, and its policy forbids others', async (path) => {
  const { status, headers, body } = await sendRequest(`${server.url}${path}`);
  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toContain('http');
  const sources = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source = '']) => source);
  expect(sources.length).toBeGreaterThan(2);
  for (const source of sources.filter((found) => found !== 'data:,')) {
    expect(source).toMatch(/^\/[a-z]/);
    const file = await sendRequest(`${server.url}${source}`);
    expect([file.status, file.body.length > 10], source).toEqual([200, true]);
    expect(file.headers['content-type']).toMatch(/^text\/(javascript|css); charset=utf-8$/);
    expect(file.body).not.toContain('cdn.redoc.ly');
  }
});

test('the documentation pages answer 405 to other methods than GET and HEAD', async () => {
  for (const path of ['/docs', '/redoc', '/openapi.json', '/docs/init.js']) {
    const { status, headers } = await sendRequest(`${server.url}${path}`, {
      method: 'DELETE',
      headers: { 'sec-fetch-site': 'none' },
    });
    expect([status, headers.allow], path).toEqual([405, 'GET, HEAD']);
  }
});
