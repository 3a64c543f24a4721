import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendRequest } from './send-request.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';

const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const INDEX = '<!doctype html><title>Parley</title>';
const FRAME = '<!doctype html><title>Diagrams</title>';
const SCRIPT = 'console.log(1)'.repeat(100);

let pageDir: string;
let server: TestServer;

beforeAll(async () => {
  pageDir = mkdtempSync(path.join(tmpdir(), 'parley-page-'));
  mkdirSync(path.join(pageDir, 'assets'));
  mkdirSync(path.join(pageDir, 'diagrams'));
  writeFileSync(path.join(pageDir, 'diagrams/frame.html'), FRAME);
  mkdirSync(path.join(pageDir, '.vite'));
  writeFileSync(path.join(pageDir, 'index.html'), INDEX);
  writeFileSync(path.join(pageDir, 'assets/index-abcdefgh.js'), SCRIPT);
  writeFileSync(path.join(pageDir, 'assets/index-abcdefgh.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(path.join(pageDir, '.vite/manifest.json'), '{}');
  writeFileSync(`${pageDir}.secret.txt`, 'beside the page');
  server = await startTestServer({ pageDir });
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(pageDir, { recursive: true, force: true });
  rmSync(`${pageDir}.secret.txt`);
});

const get = (url: string, headers: Record<string, string> = {}, method = 'GET') =>
  sendRequest(`${server.url}${url}`, { headers, method });

describe('the page', () => {
  test.each(['/', '/c/0199-a-chat', '/login?next=/settings', '/a.b/c'])(
    'is served at %s, and revalidated each time',
    async (url) => {
      const answer = await get(url, html);
      expect(answer).toMatchObject({ status: 200, body: INDEX });
      expect(answer.headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
      });
    },
  );

  test('has a policy that allows its own scripts and styles, and no inline ones', async () => {
    const policy = (await get('/', html)).headers['content-security-policy'];
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("style-src 'self';");
    expect(policy).not.toContain('unsafe');
  });

  test.each([
    ['nothing', undefined],
    ['anything', '*/*'],
    ['pictures', 'image/avif,image/webp,*/*;q=0.8'],
    ['plain text', 'text/plain'],
  ])('is served at / to a client that accepts %s, to GET and HEAD', async (_what, accept) => {
    const headers: Record<string, string> = accept === undefined ? {} : { accept };
    expect(await get('/', headers)).toMatchObject({ status: 200, body: INDEX });
    expect(await get('/', headers, 'HEAD')).toMatchObject({ status: 200, body: '' });
  });

  test.each(['application/json', 'application/json, text/plain, */*', 'application/problem+json'])(
    'is not served to a program that accepts %s',
    async (accept) => {
      const answer = await get('/', { accept });
      expect(answer.status).toBe(404);
      expect(JSON.parse(answer.body)).toEqual({ message: 'There is nothing at this path.' });
    },
  );

  test('answers 304 to its ETag', async () => {
    const { etag = '' } = (await get('/', html)).headers;
    expect(await get('/', { ...html, 'if-none-match': etag })).toMatchObject({ status: 304, body: '' });
  });
});

describe('the frame that draws diagrams', () => {
  test('has no origin, runs its own scripts only, and may have inline styles', async () => {
    const { headers, body } = await get('/diagrams/frame.html', html);
    expect(body).toBe(FRAME);
    const policy = headers['content-security-policy'];
    expect(policy).toMatch(/;sandbox allow-scripts$/);
    expect(policy).toContain("default-src 'none';");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("style-src 'unsafe-inline';");
  });

  test('can be embedded by the page, and by no other site', async () => {
    const { headers } = await get('/diagrams/frame.html', html);
    expect(headers['content-security-policy']).toContain("frame-ancestors 'self'");
    expect(headers['x-frame-options']).toBe('SAMEORIGIN');
    expect((await get('/', html)).headers['x-frame-options']).toBe('DENY');
  });

  test('may load its scripts without an origin', async () => {
    const { headers } = await get('/diagrams/frame.html');
    expect(headers['cross-origin-resource-policy']).toBe('cross-origin');
    expect((await get('/', html)).headers['cross-origin-resource-policy']).toBe('same-origin');
  });
});

describe('a file of the page', () => {
  test('is cached for ever, since its name has a content hash', async () => {
    const answer = await get('/assets/index-abcdefgh.js');
    expect(answer).toMatchObject({ status: 200, body: SCRIPT });
    expect(answer.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });

  test('is sent with brotli to clients that accept it', async () => {
    const response = await fetch(`${server.url}/assets/index-abcdefgh.js`, {
      headers: { 'accept-encoding': 'gzip, br' },
    });
    expect(response.headers.get('content-encoding')).toBe('br');
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('vary')).toBe('accept-encoding');
    expect(await response.text()).toBe(SCRIPT);
  });

  test('of an older build answers 404, not the page', async () => {
    expect((await get('/assets/index-older.js', html)).status).toBe(404);
  });
});

describe('a path that is not a route of the page', () => {
  test.each([
    ['requested by a program', '/nothing', {}],
    ['missing in the API', '/api/nothing', html],
    ['outside the folder', '/..%2fx.secret.txt', {}],
    ['hidden beside the files', '/.vite/manifest.json', {}],
    ['of a folder', '/assets', {}],
    ['missing beside the frame of diagrams', '/diagrams/nothing', html],
  ])('%s answers 404 as JSON', async (_case, url, headers) => {
    const answer = await get(url, headers);
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body)).toMatchObject({ message: 'There is nothing at this path.' });
  });

  test('answers 404 to a POST', async () => {
    expect((await get('/', { ...html, 'sec-fetch-site': 'same-origin' }, 'POST')).status).toBe(404);
  });

  test('no spelling of a path leads out of the folder', async () => {
    const name = path.basename(pageDir);
    for (const way of ['../', '..%2f', '%2e%2e/', '..\\', '..%5c', './../', 'assets/../../']) {
      const answer = await get(`/${way}${name}.secret.txt`);
      expect(answer.body).not.toContain('beside');
      expect(answer.status).toBe(404);
    }
  });
});

test('a server without a built page says how to build it, and serves everything else', async () => {
  await using bare = await startTestServer();
  const answer = await sendRequest(`${bare.url}/`, { headers: html });
  expect(answer.status).toBe(404);
  expect(answer.body).toContain('npm run build');
  expect((await sendRequest(`${bare.url}/healthz`)).status).toBe(200);
});

test.each([
  ['requested by a program', '/nothing', {}],
  ['missing in the API', '/api/nothing', html],
])('without a built page, a path %s answers 404 as JSON', async (_case, url, headers) => {
  await using bare = await startTestServer();
  const answer = await sendRequest(`${bare.url}${url}`, { headers });
  expect(answer.status).toBe(404);
  expect(JSON.parse(answer.body)).toMatchObject({ message: 'There is nothing at this path.' });
});

test('files deleted under a running server answer 404, and the server goes on', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'parley-page-'));
  writeFileSync(path.join(dir, 'index.html'), INDEX);
  await using short = await startTestServer({ pageDir: dir });
  rmSync(dir, { recursive: true });
  expect((await sendRequest(`${short.url}/`, { headers: html })).status).toBe(404);
  expect((await sendRequest(`${short.url}/healthz`)).status).toBe(200);
});
