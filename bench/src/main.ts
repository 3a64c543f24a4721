// `npm run bench -- [names] [--quick] [--profile]` runs benchmarks, prints their tables, and writes them to results/ as JSON.
// `npm run bench -- --readme` writes the tables of the last full run into README.md without measuring anything.
import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.ts';
import { growthBenchmark } from './growth.bench.ts';
import { latencyBenchmark } from './latency.bench.ts';
import { memoryBenchmark } from './memory.bench.ts';
import { productBenchmark } from './product.bench.ts';
import { describeMachine, pinThisProcess } from './processes/cores.ts';
import { formatReport } from './report/format-report.ts';
import { updateReadme } from './report/update-readme.ts';
import { readLastFullRun, writeResults, type Results } from './report/write-results.ts';
import { rlsBenchmark } from './rls.bench.ts';
import { sseBenchmark } from './sse.bench.ts';
import { unaryBenchmark } from './unary.bench.ts';
import { webhookBenchmark } from './webhook.bench.ts';

const benchmarks: readonly Benchmark[] = [
  unaryBenchmark,
  sseBenchmark,
  latencyBenchmark,
  memoryBenchmark,
  webhookBenchmark,
  productBenchmark,
  growthBenchmark,
  rlsBenchmark,
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    readme: { type: 'boolean', default: false },
  },
});
const unknown = positionals.find((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (values.readme) console.error(`written to ${await updateReadme(await readLastFullRun())}`);
else if (unknown === undefined) await main();
else {
  console.error(
    `There is no benchmark ${unknown}. Choose from: ${benchmarks.map(({ name }) => name).join(', ')}.`,
  );
  process.exitCode = 2;
}

async function main(): Promise<void> {
  pinThisProcess();
  const isQuick = values.quick;
  const isComplete = positionals.length === 0;
  const results: Results = {
    startedAt: new Date().toISOString(),
    machine: describeMachine(),
    isQuick,
    reports: {},
  };
  console.log(`# Benchmarks${isQuick ? ', quick' : ''}\n\n${results.machine}\n`);
  for (const benchmark of benchmarks) {
    const { name, title } = benchmark;
    if (!isComplete && !positionals.includes(name)) continue;
    const startMs = performance.now();
    try {
      const report = await benchmark.run({
        isQuick,
        isProfiling: values.profile,
        progress: (message) => console.error(message),
      });
      const seconds = Math.round((performance.now() - startMs) / 1000);
      results.reports[name] = { title, seconds, ...report };
      console.log(`${formatReport(title, report)}\n`);
    } catch (error) {
      // Continues with the other benchmarks.
      console.error(`${name} failed:`, error);
      process.exitCode = 1;
    }
  }
  const file = await writeResults(results, isComplete && !isQuick);
  console.error(`written to ${file}`);
}
