import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Progress, Usage } from './usage.ts';

/** The result of one window of one contestant. */
export interface WindowResult {
  unitsPerSecond: number;
  /** CPU time of the server process for each unit. */
  cpuUsPerUnit: number;
  /** The number of cores that each side used. `otherLoad` is the rest of the machine, which can slow down a window. */
  serverLoad: number;
  clientLoad: number;
  otherLoad: number;
}

export interface WindowOptions {
  readServer: () => Promise<Usage>;
  readClient: () => Promise<Progress>;
  warmUpMs: number;
  /** Called when the warm-up is over. */
  onStart?: () => Promise<unknown>;
  windowMs: number;
}

/**
 * Measures between two readings of each side. The sides are read at slightly different times, a busy one later, so each side
 * uses the times of its readings, and only rates are compared.
 */
export async function measureWindow(options: WindowOptions): Promise<WindowResult> {
  const readAll = async () => {
    const [server, client] = await Promise.all([options.readServer(), options.readClient()]);
    return { server, client, machineUs: machineCpuUs() ?? Number.NaN };
  };
  await delay(options.warmUpMs);
  await options.onStart?.();
  const before = await readAll();
  await delay(options.windowMs);
  const after = await readAll();

  const serverLoad = loadBetween(before.server, after.server);
  const units = after.client.units - before.client.units;
  if (units === 0) throw new Error('Nothing was received in the measured window.');
  const wallUs = after.client.wallUs - before.client.wallUs;
  const unitsPerSecond = (units / wallUs) * 1e6;
  const clientLoad = loadBetween(before.client, after.client);
  const machineLoad = (after.machineUs - before.machineUs) / wallUs;
  return {
    unitsPerSecond,
    cpuUsPerUnit: (serverLoad * 1e6) / unitsPerSecond,
    serverLoad,
    clientLoad,
    otherLoad: Math.max(0, machineLoad - serverLoad - clientLoad),
  };
}

function loadBetween(before: Usage, after: Usage): number {
  return (after.cpuUs - before.cpuUs) / (after.wallUs - before.wallUs);
}

const TICKS_PER_SECOND = 100;

/** CPU time of all processes since the machine started; undefined where there is no `/proc/stat` (proc_stat(5), Linux). */
function machineCpuUs(): number | undefined {
  try {
    const [, user, nice, system, , , irq, softIrq] =
      readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/\s+/).map(Number) ?? [];
    const ticks = [user, nice, system, irq, softIrq].reduce<number>((sum, value) => sum + (value ?? 0), 0);
    return (ticks / TICKS_PER_SECOND) * 1e6;
  } catch {
    return undefined;
  }
}
