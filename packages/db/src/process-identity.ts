// Tells whether a process seen earlier still lives. A pid alone does not: pids are given out again, and each container
// has its own pid 1.
import { readFileSync, readlinkSync } from 'node:fs';

export interface ProcessIdentity {
  pid: number;
  /** Clock ticks from boot to its start: no two processes of one pid share it. Empty where the system does not say. */
  startedAt: string;
  /** This boot of the machine, and the container. Empty where the system has no such thing. */
  namespace: string;
}

export function describeProcess(): ProcessIdentity {
  return {
    pid: process.pid,
    startedAt: readProcess(process.pid)?.startedAt ?? '',
    namespace: describeNamespace(),
  };
}

/** Undefined when it cannot be known from here: the process is, or was, in another container or before a reboot. */
export function isSameProcessAlive(identity: ProcessIdentity): boolean | undefined {
  if (identity.namespace !== describeNamespace()) return undefined;
  if (!isPidAlive(identity.pid)) return false;
  const found = readProcess(identity.pid);
  // Other users' processes may be hidden in /proc. Better to refuse a start than to have two writers.
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

/** Fields 3 and 22 of /proc/<pid>/stat (proc_pid_stat(5)). The second, the command, may hold spaces and brackets. */
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
