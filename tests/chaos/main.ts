// `npm run test:chaos`: injects faults into a running cluster, determined by one seed, and then judges the result.
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CheckResult } from './check/check.ts';
import { planFaults } from './faults/plan-faults.ts';
import { faultKinds, readOptions, usage, type ChaosOptions } from './options.ts';
import { report } from './report.ts';
import { runChaos } from './run-chaos.ts';
import { createRandom } from './seeded-random.ts';
import { makeTestReport } from './test-report.ts';

/** Time for the start, the last outage and the settling. A run that takes longer hangs. */
const MAX_OVERTIME_MS = 240_000;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
// Exits explicitly, since a failed run may leave handles open.
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
  console.log(`chaos: seed ${seed}, ${length}; to repeat: the same options and --seed ${seed}`);
  let result: CheckResult | undefined;
  try {
    const plan = planFaults({
      random: createRandom(seed).fork('faults'),
      durationMs,
      slots: options.instances,
      kinds: faultKinds(options),
    });
    await writeFile(path.join(dir, 'plan.json'), JSON.stringify({ options, plan }, null, 2));
    const outcome = await withinTime(durationMs + MAX_OVERTIME_MS, runChaos({ ...options, plan, dir }));
    console.log(report(outcome));
    ({ result } = outcome);
  } catch (error) {
    console.log(`The run failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
  if (reportFile !== undefined)
    await writeFile(reportFile, JSON.stringify(makeTestReport(`chaos, seed ${seed}`, result)));
  const isKept = result?.violations.length === 0;
  if (!isKept) console.log(`History and logs: ${dir}`);
  return isKept ? 0 : 1;
}

async function withinTime<Result>(maxMs: number, work: Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`It did not end within ${maxMs / 1000} s.`)), maxMs);
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}
