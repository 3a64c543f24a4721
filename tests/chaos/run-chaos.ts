// Runs chaos once: starts a cluster and clients, injects the planned faults, waits until all runs have ended, and judges the result.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { check, type CheckResult } from './check/check.ts';
import type { ObservedDatabase } from './check/observed-database.ts';
import { startClients } from './clients/start-clients.ts';
import { GRACE_MS, startCluster } from './cluster/start-cluster.ts';
import { observeDatabase } from './cluster/watch-database.ts';
import { injectFaults } from './faults/inject-faults.ts';
import type { Fault } from './faults/plan-faults.ts';
import { createHistory, type HistoryEntry } from './history.ts';
import { createRandom } from './seeded-random.ts';

/** Conversations must end within this time after the last fault; otherwise they hang. */
const SETTLE_MS = 75_000;
/** Longer than a lease. */
const TAKEOVER_MS = 20_000;

export interface RunChaosOptions {
  /** Determines the decisions of the clients and the network. */
  seed: string;
  plan: readonly Fault[];
  /** The minimum duration of the clients' conversations; with `kills`, they continue until the faults are over. */
  durationMs: number;
  /** The number of kills after which the faults end. */
  kills?: number | undefined;
  instances: number;
  clients: number;
  isGentle: boolean;
  /** The folder for the history, the database and the servers' logs. */
  dir: string;
}

export interface ChaosOutcome {
  history: readonly HistoryEntry[];
  database: ObservedDatabase;
  result: CheckResult;
}

export async function runChaos(options: RunChaosOptions): Promise<ChaosOutcome> {
  const { seed, plan, durationMs, kills, instances, isGentle, dir } = options;
  const random = createRandom(seed);
  const history = createHistory(path.join(dir, 'history.jsonl'));
  await using cluster = await startCluster(
    {
      instances,
      isLastSmall: plan.some(({ type }) => type === 'overload'),
      logFile: path.join(dir, 'servers.log'),
    },
    history,
  );
  const { clients, links } = await startClients(cluster, {
    count: options.clients,
    random: random.fork('clients'),
    history,
    isGentle,
  });
  const over = new AbortController();
  const conversations = Promise.all(clients.map((client) => client.run(over.signal)));
  const faults = injectFaults(plan, { ...cluster, links, kills }, history);
  await Promise.all([faults, kills === undefined ? delay(durationMs) : undefined]);
  over.abort();
  for (const link of links) link.calm();
  const settled = await Promise.race([
    conversations.then(() => true),
    delay(SETTLE_MS, false, { ref: false }),
  ]);
  if (!settled) console.log(`Some conversations had not ended ${SETTLE_MS / 1000} s after the last fault.`);

  await untilNothingRuns(cluster.admin);
  const database = await observeDatabase(cluster.admin);
  await writeFile(path.join(dir, 'database.json'), JSON.stringify(database));
  // Later entries belong to the shutdown of the test itself.
  const entries = [...history.entries];
  const result = check(entries, database, { graceMs: GRACE_MS, isGentle });
  await Promise.all(links.map((link) => link.close()));
  await history.close();
  return { history: entries, database, result };
}

/** Waits for runs without followers, too, such as those of messages that were not acknowledged. */
async function untilNothingRuns(admin: pg.Pool): Promise<void> {
  for (let waitedMs = 0; waitedMs < TAKEOVER_MS; waitedMs += 250) {
    const { rows } = await admin.query("select from runs where state = 'running' limit 1");
    if (rows.length === 0) return;
    await delay(250);
  }
}
