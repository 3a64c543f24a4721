// A real Redis, on a port and in a process of its own.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { endWithParent, findFreePort } from '@parley/testing';

const BINARY = 'redis-server';

export interface RedisServer extends AsyncDisposable {
  url: string;
  /** Lets it hang, as a machine that swaps does: connections stay, answers do not come. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/**
 * Whether there is a Redis to test with. CI must have one; a laptop need not.
 * @throws Error in CI where there is none
 */
export function hasRedis(): boolean {
  if (spawnSync(BINARY, ['--version']).status === 0) return true;
  const message = `There is no ${BINARY} on this machine: what is tested with Redis is NOT TESTED.`;
  if (process.env['CI'] !== undefined) throw new Error(`${message} CI has to install it.`);
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
