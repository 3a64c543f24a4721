// One run: starts a cluster and its clients, carries out the plan, waits until everything has come to rest, and judges.
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

/** What has been begun when the faults are over comes to its end within this time, or hangs. */
const SETTLE_MS = 75_000;
/** A lease, and some more. */
const TAKEOVER_MS = 20_000;

export interface RunChaosOptions {
  /** Of what the clients and the network decide. */
  seed: string;
  plan: readonly Fault[];
  /** For how long the clients converse, at least; with `kills`, until the faults are over. */
  durationMs: number;
  /** No faults after so many kills. */
  kills?: number | undefined;
  instances: number;
  clients: number;
  isGentle: boolean;
  /** Gets the history, the database and the servers' logs. */
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
  await using cluster = await startCluster({ instances, logFile: path.join(dir, 'servers.log') }, history);
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
  if (!settled)
    console.log(`some conversations had not come to an end ${SETTLE_MS / 1000} s after the last fault`);

  await untilNothingRuns(cluster.admin);
  const database = await observeDatabase(cluster.admin);
  await writeFile(path.join(dir, 'database.json'), JSON.stringify(database));
  // What happens from here on is the end of the test itself.
  const entries = [...history.entries];
  const result = check(entries, database, { graceMs: GRACE_MS, isGentle });
  await Promise.all(links.map((link) => link.close()));
  await history.close();
  return { history: entries, database, result };
}

/** Of a message that was not acknowledged, nobody may be waiting for the end. */
async function untilNothingRuns(admin: pg.Pool): Promise<void> {
  for (let waitedMs = 0; waitedMs < TAKEOVER_MS; waitedMs += 250) {
    const { rows } = await admin.query("select from runs where state = 'running' limit 1");
    if (rows.length === 0) return;
    await delay(250);
  }
}
