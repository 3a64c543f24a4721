// Measures events per second and CPU time per event at several numbers of streams, paced and as fast as the readers take them.
import type { Benchmark, Goal, Report, RunOptions, Table } from './benchmark.ts';
import { OURS, RAW, RAW_GENERATOR, STOCK, streamContestants } from './contestants/contestants.ts';
import { startContestants, type RunningContestants } from './contestants/start-contestants.ts';
import { interleave } from './measure/interleave.ts';
import { measureWindow } from './measure/measure-window.ts';
import type { Summary } from './measure/summary.ts';
import { Profiles } from './report/profiles.ts';
import { ratioGoal } from './report/ratio-goal.ts';
import { cpuRatio, windowRows, type WindowResults } from './report/window-rows.ts';
import { withOpenStreams } from './load/with-open-streams.ts';

/** Every contestant can keep these paces: 5,000 events per second in total, 1,000 on a single stream. */
const STREAM_COUNTS = [
  { streams: 1, perStreamPerSecond: 1_000 },
  { streams: 50, perStreamPerSecond: 100 },
  { streams: 500, perStreamPerSecond: 10 },
  { streams: 2_000, perStreamPerSecond: 2.5 },
];

const GOAL_OF_RAW = 0.8;
const GOAL_OF_STOCK = 5;

interface Case {
  streams: number;
  /** Undefined: as many as the readers take. */
  perStreamPerSecond: number | undefined;
}

export const sseBenchmark: Benchmark = {
  name: 'sse',
  title: 'Streams',
  async run(options): Promise<Report> {
    await using running = await startContestants(streamContestants);
    const results: { case: Case; windows: WindowResults }[] = [];
    const profiles = new Profiles();
    for (const { streams, perStreamPerSecond } of STREAM_COUNTS) {
      for (const pace of [undefined, perStreamPerSecond]) {
        const measured = { streams, perStreamPerSecond: pace };
        results.push({ case: measured, windows: await measureCase(running, measured, options, profiles) });
      }
    }
    return {
      tables: [
        ...results.map(({ case: measured, windows }): Table => ({
          title: titleOf(measured),
          rows: windowRows(windows, 'event'),
        })),
        ...profiles.tables,
      ],
      goals: [true, false].flatMap((isSaturated) =>
        toGoals(
          isSaturated,
          results.filter((result) => (result.case.perStreamPerSecond === undefined) === isSaturated),
        ),
      ),
    };
  },
};

function measureCase(
  running: RunningContestants,
  { streams, perStreamPerSecond }: Case,
  { isQuick, isProfiling, progress }: RunOptions,
  profiles: Profiles,
): Promise<WindowResults> {
  const { contestants, load } = running;
  const pace = perStreamPerSecond === undefined ? 'saturated' : 'paced';
  return interleave(contestants, isQuick ? 1 : 3, (contestant, round) => {
    const { name, server } = contestant;
    progress(`sse ${streams} streams ${pace}, round ${round + 1}: ${name}`);
    return withOpenStreams(contestant, running, { count: streams }, async () => {
      if (perStreamPerSecond === undefined) await server.call('startSaturating');
      else await server.call('startPaced', perStreamPerSecond);
      const result = await measureWindow({
        readServer: () => server.call('usage'),
        readClient: () => load.call('readStreams'),
        warmUpMs: round > 0 ? 100 : 400,
        windowMs: isQuick ? 300 : 400,
      });
      if (isProfiling && round === 0) await profiles.take(contestant, `sse ${streams} ${pace}`);
      return result;
    });
  });
}

function titleOf({ streams, perStreamPerSecond }: Case): string {
  const count = `${streams.toLocaleString('en')} stream${streams === 1 ? '' : 's'}`;
  return perStreamPerSecond === undefined
    ? `${count}, as fast as events are taken`
    : `${count}, ${(streams * perStreamPerSecond).toLocaleString('en')} events/s`;
}

function toGoals(isSaturated: boolean, results: readonly { case: Case; windows: WindowResults }[]): Goal[] {
  const pace = isSaturated ? 'saturated' : 'paced';
  const ratios = (ratio: (windows: WindowResults) => Summary): Map<string, Summary> =>
    new Map(results.map(({ case: { streams }, windows }) => [String(streams), ratio(windows)]));
  const peers = streamContestants.filter((name) => ![RAW, RAW_GENERATOR, OURS, STOCK].includes(name));
  return [
    ratioGoal(
      `SSE ${pace}, of raw`,
      GOAL_OF_RAW,
      ratios((windows) => cpuRatio(windows, RAW, OURS)),
    ),
    ratioGoal(
      `SSE ${pace}, times stock`,
      GOAL_OF_STOCK,
      ratios((windows) => cpuRatio(windows, STOCK, OURS)),
    ),
    ratioGoal(
      `SSE ${pace}, times the best peer`,
      1,
      ratios((windows) => lowest(peers.map((peer) => cpuRatio(windows, peer, OURS)))),
    ),
  ];
}

function lowest(ratios: readonly Summary[]): Summary {
  return ratios.reduce((least, ratio) => (ratio.median < least.median ? ratio : least));
}
