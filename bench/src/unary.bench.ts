// Measures requests per second and CPU time per request for three calls.
import type { Benchmark, Goal, Report, RunOptions, Table } from './benchmark.ts';
import { OURS, RAW_SUPERJSON, STOCK, unaryContestants } from './contestants/contestants.ts';
import { startContestants, type RunningContestants } from './contestants/start-contestants.ts';
import { interleave } from './measure/interleave.ts';
import { measureWindow } from './measure/measure-window.ts';
import type { Summary } from './measure/summary.ts';
import { Profiles } from './report/profiles.ts';
import { ratioGoal } from './report/ratio-goal.ts';
import { cpuRatio, windowRows, type WindowResults } from './report/window-rows.ts';
import { unaryCallNames, unaryCalls, type UnaryCallName } from './workload/unary-calls.ts';

const CONNECTIONS = 32;
const GOAL_OF_RAW = 0.6;
const GOAL_OF_STOCK = 4;

export const unaryBenchmark: Benchmark = {
  name: 'unary',
  title: 'Unary calls',
  async run(options): Promise<Report> {
    await using running = await startContestants(unaryContestants);
    const results = new Map<UnaryCallName, WindowResults>();
    const profiles = new Profiles();
    for (const call of unaryCallNames) {
      results.set(call, await measureCall(running, call, options, profiles));
    }
    return { tables: [...[...results].map(toTable), ...profiles.tables], goals: toGoals(results) };
  },
};

function measureCall(
  { contestants, load }: RunningContestants,
  call: UnaryCallName,
  { isQuick, isProfiling, progress }: RunOptions,
  profiles: Profiles,
): Promise<WindowResults> {
  return interleave(contestants, isQuick ? 1 : 3, async (contestant, round) => {
    const { name, port, server } = contestant;
    progress(`unary ${call}, round ${round + 1}: ${name}`);
    const request = await server.call('unaryRequest', call);
    const expectedText = JSON.stringify(unaryCalls[call].output);
    await load.call('startUnary', { port, request, connections: CONNECTIONS, expectedText });
    const result = await measureWindow({
      readServer: () => server.call('usage'),
      readClient: () => load.call('readUnary'),
      warmUpMs: round > 0 ? 150 : isQuick ? 600 : 800,
      windowMs: isQuick ? 300 : 500,
    });
    if (isProfiling && round === 0) await profiles.take(contestant, `unary ${call}`);
    await load.call('stopUnary');
    return result;
  });
}

function toTable([call, results]: [UnaryCallName, WindowResults]): Table {
  return { title: unaryCalls[call].title, rows: windowRows(results, 'request') };
}

function toGoals(results: ReadonlyMap<UnaryCallName, WindowResults>): Goal[] {
  const ratios = (other: string): Map<string, Summary> =>
    new Map([...results].map(([call, ofCall]) => [call, cpuRatio(ofCall, other, OURS)]));
  return [
    ratioGoal('unary, of raw with the same zod and superjson work', GOAL_OF_RAW, ratios(RAW_SUPERJSON)),
    ratioGoal('unary, times stock standalone', GOAL_OF_STOCK, ratios(STOCK)),
  ];
}
