// /client.tgz, the typed client that a server offers.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientPackFile, sendClientPack } from '../src/docs/client-pack.ts';
import { sendRequest } from './send-request.ts';
import { startTestServer, type TestServer } from './start-test-server.ts';

let dir: string;
let file: string;
let url: string;
let server: TestServer;
const pack = createServer((request, response) => sendClientPack(file)(request, response));

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'parley-client-pack-'));
  file = path.join(dir, 'client.tgz');
  pack.listen(0, '127.0.0.1');
  await once(pack, 'listening');
  const address = pack.address();
  url = typeof address === 'object' ? `http://127.0.0.1:${address?.port}/client.tgz` : '';
  server = await startTestServer();
});

afterAll(async () => {
  pack.close();
  await server[Symbol.asyncDispose]();
  await rm(dir, { recursive: true });
});

test('a client that was not packed is a 404 that says how to pack it; once it is packed, the server sends it', async () => {
  const missing = await sendRequest(url);
  expect(missing.status).toBe(404);
  expect(JSON.parse(missing.body).message).toContain('npm run pack');
  await writeFile(file, 'a tarball');
  const { status, headers, body } = await sendRequest(url);
  expect([status, headers['content-type'], body]).toEqual([200, 'application/gzip', 'a tarball']);
  const again = await sendRequest(url, { headers: { 'if-none-match': String(headers.etag) } });
  expect([again.status, again.body]).toEqual([304, '']);
});

test('the server looks for the tarball of its own version, and the documentation links to it', async () => {
  expect(clientPackFile()).toMatch(/\/packs\/parley-client-\d+\.\d+\.\d+\.tgz$/);
  const { status } = await sendRequest(`${server.url}/client.tgz`);
  expect([200, 404]).toContain(status);
  const { body } = await sendRequest(`${server.url}/openapi.json`);
  expect(JSON.parse(body).info.description).toContain('(/client.tgz)');
});
