// What the rest of the machine was doing meanwhile, so that a reader knows how far to trust a window. Linux only.
import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** CPU time that all processes have used since the machine started (proc_stat(5)); undefined where nobody says. */
export function machineCpuUs(): number | undefined {
  try {
    const [, user, nice, system, , , irq, softIrq] =
      readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/\s+/).map(Number) ?? [];
    const ticks = [user, nice, system, irq, softIrq].reduce<number>((sum, value) => sum + (value ?? 0), 0);
    return (ticks / TICKS_PER_SECOND) * 1e6;
  } catch {
    return undefined;
  }
}
