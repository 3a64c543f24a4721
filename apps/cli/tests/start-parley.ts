// Runs the `parley` command as a child process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { endWithParent } from '@parley/testing';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export interface ParleyOptions {
  password?: string;
  stdin?: string;
  env?: Record<string, string>;
}

export interface RunningParley {
  /** The output so far. */
  stdout(): string;
  stderr(): string;
  readonly exitCode: Promise<number | null>;
}

export interface ParleyProcess extends RunningParley {
  kill(signal: NodeJS.Signals): void;
  /** Closes the reading end of its stdout. */
  closeStdout(): void;
}

export function testEnvironment({ password, env }: ParleyOptions): Record<string, string> {
  return {
    // Not the developer's own login.
    PARLEY_SESSION_FILE: '/nonexistent/session.json',
    ...env,
    ...(password === undefined ? {} : { PARLEY_PASSWORD: password }),
  };
}

export function startParley(args: readonly string[], options: ParleyOptions = {}): ParleyProcess {
  const { PATH = '' } = process.env;
  const XDG_CACHE_HOME = path.join(os.tmpdir(), 'parley-test-cache');
  const child = spawn(process.execPath, [main, ...args], {
    env: { PATH, XDG_CACHE_HOME, ...testEnvironment(options) },
  });
  endWithParent(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.end(options.stdin ?? '');
  return {
    stdout: () => stdout,
    stderr: () => stderr,
    kill: (signal) => child.kill(signal),
    closeStdout: () => child.stdout.destroy(),
    exitCode: once(child, 'close').then(() => child.exitCode),
  };
}
