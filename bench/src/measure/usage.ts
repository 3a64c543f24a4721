// What a process has used so far. Read twice, the difference is what it used in between.
import { nowUs } from './clock.ts';

export interface Usage {
  wallUs: number;
  /** User and system time of all threads of the process, the garbage collector's included. */
  cpuUs: number;
}

export interface Progress extends Usage {
  /** How many answers or events were received so far. */
  units: number;
}

export function readUsage(): Usage {
  const { user, system } = process.cpuUsage();
  return { wallUs: nowUs(), cpuUs: user + system };
}
