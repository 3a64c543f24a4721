// Runs a server as `npm start` does: its own process, an embedded database in its own folder, the demo's team and agents.
// It can be stopped, killed, and started again on the same port.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileCache, endWithParent, findFreePort } from '@parley/testing';

const main = fileURLToPath(new URL('../../../apps/server/src/main.ts', import.meta.url));

export const ADMIN = { email: 'admin@example.com', password: 'correct-horse-battery' };

export interface Parley extends AsyncDisposable {
  readonly url: string;
  readonly dataDir: string;
  /** Resolves when it listens. */
  start(): Promise<void>;
  /** Resolves when the process has exited. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export async function startParley(env: Record<string, string> = {}): Promise<Parley> {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'parley-browser-'));
  const port = await findFreePort();
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const { PATH = '' } = process.env;
    child = spawn(process.execPath, [main], {
      env: {
        ...compileCache,
        PATH,
        PORT: String(port),
        PARLEY_DATA_DIR: dataDir,
        PARLEY_DEMO_PASSWORD: ADMIN.password,
        RATE_LIMITS: 'off',
        LOG_LEVEL: 'error',
        SHUTDOWN_GRACE_MS: '200',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    endWithParent(child, { folder: dataDir });
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
    let output = '';
    for await (const chunk of child.stdout?.setEncoding('utf8') ?? []) {
      output += String(chunk);
      if (/^login: /m.test(output)) return;
    }
    throw new Error(`The server did not start: ${errors}`);
  }

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    dataDir,
    start,
    stop,
    async [Symbol.asyncDispose]() {
      await stop('SIGKILL');
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
