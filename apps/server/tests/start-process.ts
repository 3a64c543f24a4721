// Starts a real server process, as `npm start` does.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { compileCache, endWithParent } from '@parley/testing';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export interface ServerProcess extends AsyncDisposable {
  url: string;
  /** Its stdout up to `lastLine`. */
  output: string;
  /** The process's whole output so far. */
  stdout(): string;
  stderr(): string;
  child: ChildProcess;
  /** Sends a signal and returns the exit code; null if the signal killed the process. */
  end(signal: NodeJS.Signals): Promise<number | null>;
}

export interface FailedStart {
  code: number | null;
  stderr: string;
}

/** Resolves when the server has printed the last line of its start. */
export async function startProcess(
  env: Record<string, string>,
  lastLine = /^login: .*\n/m,
): Promise<ServerProcess> {
  const child = spawnServer(env);
  let said = '';
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  await new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      if (lastLine.test(said)) resolve();
    });
  });
  const output = said;
  const url = /listening on (\S+)/.exec(output)?.[1];
  if (url === undefined) throw new Error(`The server did not start: ${errors}`);
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'exit');
    }
    return child.exitCode;
  };
  return {
    url,
    output,
    stdout: () => said,
    stderr: () => errors,
    child,
    end,
    [Symbol.asyncDispose]: () => end('SIGKILL').then(() => {}),
  };
}

/** Starts a server that is expected to exit with an error. */
export async function startExpectingFailure(env: Record<string, string>): Promise<FailedStart> {
  const child = spawnServer(env);
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  await once(child, 'close');
  return { code: child.exitCode, stderr };
}

function spawnServer(env: Record<string, string>): ChildProcess {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [main], {
    // Suites log in more often than the rate limits allow.
    env: { ...compileCache, PATH, PORT: '0', RATE_LIMITS: 'off', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return endWithParent(child);
}
