// A real server on a new embedded database, with the demo team and its agents.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { endWithParent } from '@parley/testing';

export interface RunningServer extends AsyncDisposable {
  url: string;
  /** The demo team's admin. */
  email: string;
  password: string;
}

const main = fileURLToPath(new URL('../../../apps/server/src/main.ts', import.meta.url));

export async function startServer(env: Record<string, string>): Promise<RunningServer> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'parley-packs-'));
  const { PATH } = process.env;
  const child = endWithParent(
    spawn(process.execPath, [main], {
      env: { PATH, PORT: '0', LOG_LEVEL: 'error', PARLEY_DATA_DIR: dataDir, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  const output = await readUntil(child.stdout.setEncoding('utf8'), /^login: .*\n/m);
  const [, url] = /listening on (\S+)/.exec(output) ?? [];
  const [, email, password] = /^login: (\S+) \/ (\S+)/m.exec(output) ?? [];
  if (url === undefined || email === undefined || password === undefined) {
    throw new Error(`The server did not start: ${output}`);
  }
  return {
    ...{ url, email, password },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The stream stays open, and what follows is read and dropped. */
async function readUntil(stream: NodeJS.ReadableStream, pattern: RegExp): Promise<string> {
  let text = '';
  return new Promise((resolve) => {
    stream.on('data', (data: string) => {
      text += data;
      if (pattern.test(text)) resolve(text);
    });
    stream.once('close', () => resolve(text));
  });
}
