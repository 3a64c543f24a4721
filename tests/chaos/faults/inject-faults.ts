// Injects the planned faults. A fault that would leave no instance up waits, and is skipped if it waits too long: without an
// instance, no promise could be kept.
import { setTimeout as delay } from 'node:timers/promises';
import type { PostgresServer } from '@parley/db/testing/postgres';
import type { NetworkLink } from '../clients/network-link.ts';
import type { ServerSlot } from '../cluster/server-slot.ts';
import type { History, Outage } from '../history.ts';
import type { TappedAgent } from '../cluster/start-agent.ts';
import { flood } from './flood.ts';
import type { Fault } from './plan-faults.ts';

/** The longest fault lasts as long, and another fault may wait for its end. */
const MAX_WAIT_MS = 20_000;

export interface Cluster {
  slots: readonly ServerSlot[];
  links: readonly NetworkLink[];
  postgres: PostgresServer;
  /** The disk of the database. */
  disk: { fill: () => Promise<void>; free: () => Promise<void> };
  agent: TappedAgent;
  /** Ends all database connections of the instances, and returns their number. */
  cutDatabase: () => Promise<number>;
}

/** Resolves when the last fault is over and everything is up again. After `kills` kills, it injects no further faults. */
export async function injectFaults(
  plan: readonly Fault[],
  { kills = Infinity, ...cluster }: Cluster & { kills?: number | undefined },
  history: History,
): Promise<void> {
  const startMs = performance.now();
  const repairs = new Set<Promise<void>>();
  let isDatabaseDown = false;
  const failed = Promise.withResolvers<never>();
  const later = (work: Promise<void>): void => {
    repairs.add(work);
    work.then(() => repairs.delete(work), failed.reject);
  };

  /** Waits for the end of another outage. */
  async function withoutDatabase(how: Outage, outage: () => Promise<void>): Promise<void> {
    if (!(await waitUntil(() => !isDatabaseDown, MAX_WAIT_MS))) return;
    isDatabaseDown = true;
    history.append({ type: 'database-down', how });
    await outage();
    history.append({ type: 'database-up' });
    isDatabaseDown = false;
  }

  async function inject(fault: Fault): Promise<void> {
    switch (fault.type) {
      case 'kill':
      case 'term':
      case 'pause': {
        const slot = cluster.slots[fault.slot];
        if (slot === undefined) return;
        const isPossible = (): boolean =>
          hasAnother(cluster.slots, slot) && (fault.type === 'kill' ? slot.isThere : slot.isRunning);
        if (!(await waitUntil(isPossible, MAX_WAIT_MS))) return;
        if (fault.type === 'pause') await pause(slot, fault.forMs);
        else await restart(slot, fault);
        return;
      }
      case 'roll':
        for (const slot of cluster.slots) {
          if (slot.isRunning && hasAnother(cluster.slots, slot))
            await restart(slot, { type: 'term', downMs: 0 });
          await waitUntil(() => slot.isReady, 60_000);
        }
        return;
      case 'restart-database':
        return withoutDatabase('restarted', () => cluster.postgres.restart({ downMs: fault.downMs }));
      case 'fill-disk':
        return withoutDatabase('full', async () => {
          await cluster.disk.fill();
          await delay(fault.forMs);
          await cluster.disk.free();
        });
      case 'freeze-database':
        return withoutDatabase('frozen', async () => {
          const thaw = await cluster.postgres.freeze();
          await delay(fault.forMs);
          thaw();
        });
      case 'overload': {
        // The last instance has a small heap.
        const slot = cluster.slots.at(-1);
        if (slot === undefined || !(await waitUntil(() => slot.isReady, MAX_WAIT_MS))) return;
        const { instanceId = '' } = slot;
        history.append({ type: 'overload', slot: slot.slot, instanceId });
        await flood(slot, cluster.agent, history);
        history.append({ type: 'overload-over', instanceId });
        return;
      }
      case 'cut-database':
        if (!isDatabaseDown)
          history.append({ type: 'database-cut', connections: await cluster.cutDatabase().catch(() => 0) });
        return;
      case 'cut-network':
        history.append({
          type: 'network-cut',
          connections: cluster.links.reduce((sum, link) => sum + link.cutAll(), 0),
        });
    }
  }

  for (const fault of plan) {
    if (history.entries.filter(({ type }) => type === 'kill').length >= kills) break;
    await Promise.race([delay(Math.max(0, fault.atMs - (performance.now() - startMs))), failed.promise]);
    later(inject(fault));
  }
  while (repairs.size > 0) await Promise.race([Promise.all(repairs), failed.promise]);
  history.append({ type: 'faults-over' });
}

function hasAnother(slots: readonly ServerSlot[], slot: ServerSlot): boolean {
  return slots.some((other) => other !== slot && other.isRunning);
}

async function restart(
  slot: ServerSlot,
  { type, downMs }: { type: 'kill' | 'term'; downMs: number },
): Promise<void> {
  if (type === 'kill') slot.kill();
  // If it was killed while shutting down, the fault that killed it starts it again.
  else if (!(await slot.terminate())) return;
  await delay(downMs);
  await slot.start();
}

async function pause(slot: ServerSlot, forMs: number): Promise<void> {
  slot.pause();
  await delay(forMs);
  slot.resume();
}

async function waitUntil(isTrue: () => boolean, maxMs: number): Promise<boolean> {
  const endMs = performance.now() + maxMs;
  while (!isTrue() && performance.now() < endMs) await delay(50);
  return isTrue();
}
