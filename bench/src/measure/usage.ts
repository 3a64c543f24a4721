// The CPU time that a process has used so far. The difference of two readings is the usage between them.
import { nowUs } from './clock.ts';

export interface Usage {
  wallUs: number;
  /** User and system time of all threads of the process, the garbage collector's included. */
  cpuUs: number;
}

export interface Progress extends Usage {
  /** The number of responses or events received so far. */
  units: number;
}

export function readUsage(): Usage {
  const { user, system } = process.cpuUsage();
  return { wallUs: nowUs(), cpuUs: user + system };
}
