// Tells whether a process seen earlier is still alive. Its pid alone does not tell, because pids are reused and each
// container has its own pid 1.
import { readFileSync, readlinkSync } from 'node:fs';

export interface ProcessIdentity {
  pid: number;
  /** Clock ticks from boot to the start of the process, unique per pid. Empty if the system does not report it. */
  startedAt: string;
  /** Identifies this boot of the machine and the container. Empty if the system has neither. */
  namespace: string;
}

export function describeProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    startedAt: readProcess(process.pid)?.startedAt ?? '',
    namespace: describeNamespace(),
  };
}

/** Undefined if it cannot be known, because the process is in another container or from before a reboot. */
export function isSameProcessAlive(identity: ProcessIdentity): boolean | undefined {
  if (identity.namespace !== describeNamespace()) return undefined;
  if (!isPidAlive(identity.pid)) return false;
  const found = readProcess(identity.pid);
  // /proc may hide processes of other users. Refusing to start is better than having two writers.
  if (found === undefined) return true;
  return found.state !== 'Z' && found.startedAt === identity.startedAt;
}

function isPidAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Fields 3 and 22 of /proc/<pid>/stat (proc_pid_stat(5)). Field 2, the command, may contain spaces and brackets. */
function readProcess(pid: number): { state: string; startedAt: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', startedAt: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

function describeNamespace(): string {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}
