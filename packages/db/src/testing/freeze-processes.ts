import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/**
 * Suspends a process and its children. The kernel still accepts their connections, and nothing answers.
 * @returns a function that resumes them
 */
export async function freezeProcesses(pid: number): Promise<() => void> {
  const frozen = new Set([pid]);
  process.kill(pid, 'SIGSTOP');
  // The parent may have started a child just before its suspension.
  for (let round = 0; round < 2; round += 1) {
    for (const child of await childrenOf(pid)) {
      if (frozen.has(child) || !signal(child, 'SIGSTOP')) continue;
      frozen.add(child);
      round = 0;
    }
  }
  return () => {
    for (const one of frozen) signal(one, 'SIGCONT');
  };
}

async function childrenOf(pid: number): Promise<number[]> {
  const list =
    process.platform === 'linux'
      ? await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
      : (await promisify(execFile)('pgrep', ['-P', String(pid)])).stdout;
  return list.split(/\s+/).filter(Boolean).map(Number);
}

/** Returns false if the process has ended. */
function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
