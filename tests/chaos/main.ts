// `npm run test:chaos`: breaks a running cluster in every way it knows, by one seed, and then judges what is left.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { check, type CheckResult } from './check/check.ts';
import { startClients } from './clients/start-clients.ts';
import { GRACE_MS, startCluster } from './cluster/start-cluster.ts';
import { observeDatabase } from './cluster/watch-database.ts';
import { injectFaults } from './faults/inject-faults.ts';
import { planFaults } from './faults/plan-faults.ts';
import { createHistory } from './history.ts';
import { faultKinds, readOptions, usage, type ChaosOptions } from './options.ts';
import { report } from './report.ts';
import { createRandom } from './seeded-random.ts';
import { makeTestReport } from './test-report.ts';

/** What has been begun when the faults are over comes to its end within this time, or hangs. */
const SETTLE_MS = 75_000;
/** A lease, and some more. */
const TAKEOVER_MS = 20_000;
/** For the start, the last outage and the settling: what takes longer does not end by itself. */
const MAX_OVERTIME_MS = 240_000;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
// Each process of the cluster has a listener of its own for the end of this one.
process.setMaxListeners(100);
// What broke down may have left something open.
process.exit(await main(process.argv.slice(2)));

async function main(args: string[]): Promise<number> {
  let options: ChaosOptions;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
  const { seed, durationMs, kills, reportFile } = options;
  const dir = path.join(
    import.meta.dirname,
    'results',
    `${new Date().toISOString().replaceAll(/[:.]/g, '-')}-${seed}`,
  );
  await mkdir(dir, { recursive: true });
  const length = kills === undefined ? `${durationMs / 1000} s` : `${kills} kills`;
  console.log(`chaos: seed ${seed}, ${length}; the same again: the same options and --seed ${seed}`);
  let result: CheckResult | undefined;
  try {
    result = await withinTime(durationMs + MAX_OVERTIME_MS, runChaos(options, dir));
  } catch (error) {
    console.log(
      `The run broke down: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
  if (reportFile !== undefined)
    await writeFile(reportFile, JSON.stringify(makeTestReport(`chaos, seed ${seed}`, result)));
  const isKept = result?.violations.length === 0;
  if (!isKept) console.log(`history and logs: ${dir}`);
  return isKept ? 0 : 1;
}

async function withinTime<Result>(maxMs: number, work: Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`it did not end within ${maxMs / 1000} s`)), maxMs);
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}

async function runChaos(options: ChaosOptions, dir: string): Promise<CheckResult> {
  const { seed, durationMs, kills, instances, isGentle } = options;
  const random = createRandom(seed);
  const plan = planFaults({
    random: random.fork('faults'),
    durationMs,
    slots: instances,
    kinds: faultKinds(options),
  });
  await writeFile(path.join(dir, 'plan.json'), JSON.stringify({ options, plan }, null, 2));

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
  console.log(report(entries, database, result));
  await Promise.all(links.map((link) => link.close()));
  await history.close();
  return result;
}

/** Of a message that was not acknowledged, nobody may be waiting for the end. */
async function untilNothingRuns(admin: pg.Pool): Promise<void> {
  for (let waitedMs = 0; waitedMs < TAKEOVER_MS; waitedMs += 250) {
    const { rows } = await admin.query("select from runs where state = 'running' limit 1");
    if (rows.length === 0) return;
    await delay(250);
  }
}
