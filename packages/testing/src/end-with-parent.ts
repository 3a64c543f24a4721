// A process that is killed with SIGKILL cannot end its children. One watchdog per process does, for all of its children.
import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

const watchdogScript = fileURLToPath(new URL('watchdog.sh', import.meta.url));

export interface EndOptions {
  signal?: NodeJS.Signals;
  /** A folder that goes with the child, such as its data. It is left alone where the child ends first. */
  folder?: string;
}

let orders: Socket | undefined;

/** Sends `signal` (SIGKILL) to the child when this process ends, however it ends. Returns the child. */
export function endWithParent<Child extends ChildProcess>(child: Child, options: EndOptions = {}): Child {
  // Windows has no /bin/sh. No server process of the suites starts there but those that end by themselves.
  if (child.pid === undefined || process.platform === 'win32') return child;
  const { signal = 'SIGKILL', folder = '' } = options;
  orders ??= startWatchdog();
  orders.write(`watch ${signal.replace('SIG', '')} ${child.pid} ${folder}\n`);
  child.once('exit', () => orders?.write(`forget ${child.pid}\n`));
  return child;
}

function startWatchdog(): Socket {
  // A new session: Ctrl+C and signals to the process group must not reach it.
  const watchdog = spawn('/bin/sh', [watchdogScript], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const { stdin } = watchdog;
  if (!(stdin instanceof Socket)) throw new Error('The watchdog was started without a pipe');
  // Neither keeps this process alive.
  watchdog.unref();
  stdin.unref();
  return stdin;
}
