// Assigns processes to cores: the server under test has one core to itself; the load uses the others.
import { execFileSync, spawnSync } from 'node:child_process';
import os from 'node:os';

export type Cores = 'server' | 'load';

const coreCount = os.availableParallelism();
const canPin = coreCount > 1 && spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;
const lists: Record<Cores, string> = { server: '0', load: coreCount === 2 ? '1' : `1-${coreCount - 1}` };

/** The command line that runs `command` on these cores. */
export function pinnedTo(cores: Cores, command: readonly string[]): readonly string[] {
  return canPin ? ['taskset', '--cpu-list', lists[cores], ...command] : command;
}

/** Keeps this process, and the processes that it starts from now on, off the server's core. */
export function pinThisProcess(): void {
  if (canPin)
    execFileSync('taskset', ['--all-tasks', '--pid', '--cpu-list', lists.load, String(process.pid)], {
      stdio: 'ignore',
    });
}

/** The description of the machine in a report. */
export function describeMachine(): string {
  const { model = 'unknown CPU' } = os.cpus()[0] ?? {};
  const pinning = canPin
    ? `server on core ${lists.server}, load on core ${lists.load}`
    : 'processes are not pinned to cores';
  return `${coreCount} cores (${model}), Node ${process.version}, ${os.platform()} ${os.arch()}; ${pinning}`;
}
