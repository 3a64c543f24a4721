// The processes of this machine: from /proc on Linux, which may have no `ps`, and from `ps` elsewhere.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface RunningProcess {
  pid: number;
  parentPid: number;
  command: string;
}

/** Zombies are left out: they have ended. */
function listProcesses(): RunningProcess[] {
  if (process.platform === 'linux') return readdirSync('/proc').flatMap(readProcess);
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,command='], { encoding: 'utf8' }).split(
    '\n',
  );
  return lines.flatMap((line) => {
    const [, pid, parentPid, state = 'Z', command = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)/.exec(line) ?? [];
    return state.startsWith('Z') ? [] : [{ pid: Number(pid), parentPid: Number(parentPid), command }];
  });
}

/** proc_pid_stat(5): `pid (name) state ppid ...`, where the name may hold anything. */
function readProcess(name: string): RunningProcess[] {
  if (!/^\d+$/.test(name)) return [];
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
    const [state, parentPid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return state === 'Z' ? [] : [{ pid: Number(name), parentPid: Number(parentPid), command }];
  } catch {
    // It has ended since its name was read.
    return [];
  }
}

/** The process and all that it has started, and they have started, first to last. */
export function listProcessTree(pid: number): RunningProcess[] {
  const all = listProcesses();
  const tree = all.filter((one) => one.pid === pid);
  // The list grows while it is walked.
  for (const parent of tree) tree.push(...all.filter((one) => one.parentPid === parent.pid));
  return tree;
}

/** Those that are still running. A process that got the same pid since has another command. */
export function stillRunning(processes: readonly RunningProcess[]): RunningProcess[] {
  const all = new Map(listProcesses().map((one) => [one.pid, one.command]));
  return processes.filter(({ pid, command }) => all.get(pid) === command);
}
