// Runs the server with its demo team on a new embedded database.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { endWithParent } from '@parley/testing';

export interface DemoServer extends AsyncDisposable {
  url: string;
  email: string;
  password: string;
}

export async function startServer(): Promise<DemoServer> {
  const dir = await mkdtemp(path.join(tmpdir(), 'parley-openapi-'));
  const password = 'a demo password';
  const main = fileURLToPath(new URL('../../apps/server/src/main.ts', import.meta.url));
  const { PATH = '' } = process.env;
  const env = {
    PATH,
    PORT: '0',
    LOG_LEVEL: 'silent',
    RATE_LIMITS: 'off',
    PARLEY_DATA_DIR: dir,
    PARLEY_DEMO_PASSWORD: password,
  };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  endWithParent(child);
  const exited = once(child, 'exit');
  let output = '';
  for await (const text of child.stdout.setEncoding('utf8')) {
    output += String(text);
    if (/^login: .*\n/m.test(output)) break;
  }
  const url = /listening on (\S+)/.exec(output)?.[1];
  if (url === undefined) throw new Error(`The server did not start: ${output}`);
  return {
    url,
    email: 'admin@example.com',
    password,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
      await rm(dir, { recursive: true });
    },
  };
}
