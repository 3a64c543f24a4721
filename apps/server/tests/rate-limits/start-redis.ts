// Starts a real Redis process on a free port.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { endWithParent, findFreePort } from '@parley/testing';

const BINARY = 'redis-server';

export interface RedisServer extends AsyncDisposable {
  url: string;
  /** Stops the process, like a machine that swaps: connections stay open without responses. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/**
 * Whether Redis is installed. Required in CI, optional elsewhere.
 * @throws Error in CI without Redis
 */
export function hasRedis(): boolean {
  if (spawnSync(BINARY, ['--version']).status === 0) return true;
  const message = `${BINARY} is not installed: the Redis tests are NOT RUN.`;
  if (process.env['CI'] !== undefined) throw new Error(`${message} CI must install it.`);
  process.stderr.write(`\n  SKIPPED: ${message}\n\n`);
  return false;
}

export async function startRedis(): Promise<RedisServer> {
  const port = await findFreePort();
  let child = await launch(port);
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    stop,
    start: async () => {
      child = await launch(port);
    },
    [Symbol.asyncDispose]: stop,
  };
}

async function launch(port: number) {
  const child = spawn(
    BINARY,
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--daemonize', 'no'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  endWithParent(child);
  for await (const line of child.stdout.setEncoding('utf8')) {
    if (String(line).includes('Ready to accept connections')) break;
  }
  if (child.exitCode !== null) throw new Error('Redis did not start');
  return child;
}
