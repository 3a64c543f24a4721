// Measures the memory of an idle stream: 5,000 open streams, each after one event.
import { setTimeout as delay } from 'node:timers/promises';
import type { Benchmark, Report, Row } from './benchmark.ts';
import type { Memory } from './contestants/contestant-process.ts';
import { OURS, streamContestants } from './contestants/contestants.ts';
import {
  startContestants,
  type RunningContestant,
  type RunningContestants,
} from './contestants/start-contestants.ts';
import { formatNumber } from './report/format-report.ts';
import { withOpenStreams } from './load/with-open-streams.ts';

const GOAL_KB = 10;
/** Compile the code and fill the shared caches. */
const WARM_UP_STREAMS = 200;
/** The time after which a mass disconnect must have freed all memory. */
const SETTLE_MS = 2_000;

interface MemoryResult {
  name: string;
  idle: Memory;
  afterwards: Memory;
}

export const memoryBenchmark: Benchmark = {
  name: 'memory',
  title: 'Memory of an idle stream',
  async run({ isQuick, progress }): Promise<Report> {
    const count = isQuick ? 1_000 : 5_000;
    await using running = await startContestants(streamContestants);
    const results: MemoryResult[] = [];
    for (const contestant of running.contestants) {
      progress(`memory: ${contestant.name}`);
      results.push(await measureMemory(contestant, running, count));
    }
    return toReport(results, count);
  },
};

async function measureMemory(
  contestant: RunningContestant,
  running: RunningContestants,
  count: number,
): Promise<MemoryResult> {
  const { name, server } = contestant;
  const open = (streams: number) =>
    withOpenStreams(contestant, running, { count: streams }, async () => {
      await server.call('makeOneEach');
      await delay(streams === count ? SETTLE_MS : 200);
      return server.call('memory');
    });
  await open(WARM_UP_STREAMS);
  await delay(SETTLE_MS);
  const before = await server.call('memory');
  const during = await open(count);
  await delay(SETTLE_MS);
  const after = await server.call('memory');
  return { name, idle: perStream(before, during, count), afterwards: perStream(before, after, count) };
}

function perStream(before: Memory, after: Memory, count: number): Memory {
  return {
    heapBytes: (after.heapBytes - before.heapBytes) / count,
    externalBytes: (after.externalBytes - before.externalBytes) / count,
    rssBytes: (after.rssBytes - before.rssBytes) / count,
  };
}

function toReport(results: readonly MemoryResult[], count: number): Report {
  const rows = results.map(({ name, idle, afterwards }): Row => ({
    contestant: name,
    'heap KB a stream': idle.heapBytes / 1024,
    'external KB': idle.externalBytes / 1024,
    'RSS KB': idle.rssBytes / 1024,
    'heap KB left 2 s after closing': afterwards.heapBytes / 1024,
  }));
  const ours = results.find(({ name }) => name === OURS)?.idle.heapBytes ?? Number.NaN;
  return {
    tables: [{ title: `${count.toLocaleString('en')} streams`, rows }],
    goals: [
      {
        goal: 'heap an idle stream',
        target: `<= ${GOAL_KB} KB`,
        measured: `${formatNumber(ours / 1024)} KB`,
        isMet: ours <= GOAL_KB * 1024,
      },
    ],
  };
}
