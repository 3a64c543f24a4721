// Measures the delay from an event's creation to its receipt at the pace of a busy server: 500 streams with 50 events/s each.
import type { Benchmark, Report } from './benchmark.ts';
import { OURS, RAW, streamContestants } from './contestants/contestants.ts';
import { startContestants, type RunningContestant } from './contestants/start-contestants.ts';
import type { Delays } from './load/delay-histogram.ts';
import { interleave } from './measure/interleave.ts';
import { measureWindow, type WindowResult } from './measure/measure-window.ts';
import { summarize, summarizeRatios } from './measure/summary.ts';
import { formatNumber } from './report/format-report.ts';
import { withOpenStreams } from './load/with-open-streams.ts';

const STREAMS = 500;
const PER_STREAM_PER_SECOND = 50;
const GOAL_OF_RAW = 2;
/** A contestant that is this far behind cannot keep the pace. Two such rounds are enough, since its backlog takes long to drain. */
const LAG_MS = 100;
const LAGGING_ROUNDS = 2;

export const latencyBenchmark: Benchmark = {
  name: 'latency',
  title: `Delay of an event, ${STREAMS} streams x ${PER_STREAM_PER_SECOND}/s`,
  async run({ isQuick, progress }): Promise<Report> {
    await using running = await startContestants(streamContestants);
    const { contestants, load } = running;
    const measure = (contestant: RunningContestant, round: number): Promise<LatencyResult> => {
      const { name, server } = contestant;
      progress(`latency, round ${round + 1}: ${name}`);
      return withOpenStreams(contestant, running, { count: STREAMS, mayLag: true }, async () => {
        await server.call('startPaced', PER_STREAM_PER_SECOND);
        const window = await measureWindow({
          readServer: () => server.call('usage'),
          readClient: () => load.call('readStreams'),
          warmUpMs: 300,
          onStart: () => load.call('takeDelays'),
          windowMs: isQuick ? 500 : 1_000,
        });
        return { ...window, ...(await load.call('takeDelays')) };
      });
    };
    const hasLagged = (results: readonly LatencyResult[]): boolean =>
      results.filter(({ p50Us }) => p50Us > LAG_MS * 1000).length >= LAGGING_ROUNDS;
    return toReport(await interleave(contestants, isQuick ? 1 : 5, measure, hasLagged));
  },
};

type LatencyResult = WindowResult & Delays;
type LatencyResults = ReadonlyMap<string, readonly LatencyResult[]>;

function toReport(results: LatencyResults): Report {
  const p99Of = (name: string): number[] => (results.get(name) ?? []).map(({ p99Us }) => p99Us);
  const toMs = (us: number): number => us / 1000;
  const rows = [...results].map(([name, windows]) => ({
    contestant: name,
    'p50 ms': summarize(windows.map(({ p50Us }) => toMs(p50Us))),
    'p99 ms': summarize(windows.map(({ p99Us }) => toMs(p99Us))),
    'p99 to raw': summarizeRatios(p99Of(name), p99Of(RAW)),
    rounds: windows.length,
    'events/s received': summarize(windows.map(({ unitsPerSecond }) => unitsPerSecond)),
    'CPU µs an event': summarize(windows.map(({ cpuUsPerUnit }) => cpuUsPerUnit)),
    'cores: others': summarize(windows.map(({ otherLoad }) => otherLoad)).median,
  }));
  const ratio = summarizeRatios(p99Of(OURS), p99Of(RAW)).median;
  return {
    tables: [{ title: `${(STREAMS * PER_STREAM_PER_SECOND).toLocaleString('en')} events/s are made`, rows }],
    goals: [
      {
        goal: `p99 delay at ${STREAMS} x ${PER_STREAM_PER_SECOND}/s, times raw`,
        target: `<= ${GOAL_OF_RAW}`,
        measured: formatNumber(ratio),
        isMet: ratio <= GOAL_OF_RAW,
      },
    ],
  };
}
