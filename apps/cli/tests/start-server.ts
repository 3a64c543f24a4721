// Runs Parley's server as a separate process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endWithParent } from '@parley/testing';

const main = fileURLToPath(new URL('../../server/src/main.ts', import.meta.url));

export interface ServerProcess extends AsyncDisposable {
  url: string;
}

/** @throws Error if the server does not start */
export async function startServer(settings: Record<string, string>): Promise<ServerProcess> {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [main], {
    env: { PATH, PORT: '0', LOG_LEVEL: 'silent', NODE_ENV: 'production', RATE_LIMITS: 'off', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  endWithParent(child);
  const exited = once(child, 'exit');
  const stdout = child.stdout.setEncoding('utf8');
  const started: unknown[] = await Promise.race([once(stdout, 'data'), exited]);
  const url = /listening on (\S+)/.exec(String(started[0]))?.[1];
  if (url === undefined) throw new Error(`The server did not start: ${String(started[0])}`);
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
