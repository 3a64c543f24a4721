// Packs the packages and starts a server, once for all files.
import { pack } from '@parley/pack';
import type { TestProject } from 'vitest/node';
import { startServer, type RunningServer } from './start-server.ts';

export interface LiveServer extends Pick<RunningServer, 'url' | 'email' | 'password'> {
  /** An API key with the scope `chat`. */
  apiKey: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The tarballs' files by the names of their packages. */
    tarballs: Record<string, string>;
    server: LiveServer;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  project.provide('tarballs', Object.fromEntries(await pack()));
  const server = await startServer({ RATE_LIMITS: 'off' });
  const { url, email, password } = server;
  project.provide('server', { url, email, password, apiKey: await createApiKey(server) });
  return async () => server[Symbol.asyncDispose]();
}

/** As docs/client.md does it. */
async function createApiKey({ url, email, password }: RunningServer): Promise<string> {
  const login = await post(`${url}/api/auth/login`, { email, password });
  const cookies = login.headers.getSetCookie().map((header) => header.replace(/;.*/, ''));
  const created = await post(
    `${url}/api/api-keys`,
    { name: 'Packs', scope: 'chat', password },
    cookies.join('; '),
  );
  const { key }: { key: string } = JSON.parse(await created.text());
  return key;
}

async function post(url: string, body: unknown, cookie = ''): Promise<Response> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
  return response;
}
