// Measures calls in long chats and in large teams.
import type { Benchmark, Goal, Report, Row, RunOptions, Table } from './benchmark.ts';
import type { GrowthCommands, TimedCall } from './growth/growth-process.ts';
import { summarize, type Summary } from './measure/summary.ts';
import { startWorker, type Worker } from './processes/start-worker.ts';
import type { AgentCommands } from './product/agent-process.ts';
import { createDatabase, engines, type Engine } from './product/databases.ts';
import { formatNumber } from './report/format-report.ts';

const GOAL = 1.2;

interface Dimension {
  title: string;
  sizes: readonly number[];
  toTeam: (size: number) => { chats: number; messages: number; emptyChats: number };
  calls: readonly TimedCall[];
}

const MESSAGES: Dimension = {
  title: 'messages a chat',
  sizes: [10, 1_000, 10_000],
  // The sends are spread over several chats, so that a chat of 10 messages stays short.
  toTeam: (messages) => ({ chats: messages >= 10_000 ? 3 : 30, messages, emptyChats: 0 }),
  calls: ['send', 'send, to the end of the answer', 'messages, first page', 'get, the whole chat'],
};

const CHATS: Dimension = {
  title: 'chats a team',
  sizes: [10, 10_000, 100_000],
  toTeam: (size) => ({ chats: 10, messages: 10, emptyChats: size - 10 }),
  calls: [
    'send',
    'messages, first page',
    'list, first page',
    'list, archived',
    'search, a word of every message',
    'search, a word of none',
  ],
};

const QUICK_SIZES = 2;

export const growthBenchmark: Benchmark = {
  name: 'growth',
  title: 'Growth',
  async run(options): Promise<Report> {
    const tables: Table[] = [];
    const sendRatios = new Map<Engine, number>();
    for (const engine of engines) {
      await using stack = new AsyncDisposableStack();
      const process = await startGrowthProcess(stack, engine);
      for (const dimension of [MESSAGES, CHATS]) {
        const results = await measureDimension(process, engine, dimension, options);
        tables.push(toTable(engine, dimension, results));
        if (dimension === MESSAGES) sendRatios.set(engine, growthOf(results, 'send'));
      }
    }
    return { tables, goals: [toGoal(sendRatios)] };
  },
};

async function startGrowthProcess(
  stack: AsyncDisposableStack,
  engine: Engine,
): Promise<Worker<GrowthCommands>> {
  const { url, dataDir } = stack.use(await createDatabase(engine));
  const agent = stack.use(
    startWorker<AgentCommands>({ file: new URL('product/agent-process.ts', import.meta.url), cores: 'load' }),
  );
  const agentUrl = await agent.call('url', 'sse');
  return stack.use(
    startWorker<GrowthCommands>({
      file: new URL('growth/growth-process.ts', import.meta.url),
      cores: 'server',
      args: [JSON.stringify({ url, dataDir, agentUrl })],
    }),
  );
}

/** The times of each call at each size. */
type GrowthResults = ReadonlyMap<TimedCall, ReadonlyMap<number, Summary>>;

async function measureDimension(
  process: Worker<GrowthCommands>,
  engine: Engine,
  { title, sizes, toTeam, calls }: Dimension,
  { isQuick, progress }: RunOptions,
): Promise<GrowthResults> {
  const measured = isQuick ? sizes.slice(0, QUICK_SIZES) : sizes;
  for (const size of measured) {
    progress(`growth on ${engine}: making ${size} ${title}`);
    await process.call('createTeam', { name: `${size} ${title}`, ...toTeam(size) });
  }
  await process.call('updateStatistics');

  const results = new Map<TimedCall, Map<number, Summary>>();
  for (const call of calls) {
    progress(`growth on ${engine}: ${call}, by ${title}`);
    const samples = new Map<number, number[]>(measured.map((size) => [size, []]));
    for (let round = 0; round < (isQuick ? 3 : 6); round++) {
      for (const size of measured) {
        const times = await process.call('time', { team: `${size} ${title}`, call, times: 5 });
        // The first round compiles the code and warms the caches.
        if (round > 0) samples.get(size)?.push(...times);
      }
    }
    results.set(call, new Map([...samples].map(([size, times]) => [size, summarize(times)])));
  }
  return results;
}

function toTable(engine: Engine, { title }: Dimension, results: GrowthResults): Table {
  const rows = [...results].map(([call, bySize]): Row => {
    const row: Row = { 'chat.': call };
    for (const [size, { median }] of bySize) row[`${size.toLocaleString('en')}, ms`] = median;
    row['largest to smallest'] = growthOf(results, call);
    return row;
  });
  return { title: `${engine}, by ${title}: median time of a call`, rows };
}

function growthOf(results: GrowthResults, call: TimedCall): number {
  const medians = [...(results.get(call)?.values() ?? [])].map(({ median }) => median);
  return (medians.at(-1) ?? Number.NaN) / (medians[0] ?? Number.NaN);
}

function toGoal(ratios: ReadonlyMap<Engine, number>): Goal {
  return {
    goal: 'send in the longest chat, times one in the shortest',
    target: `<= ${GOAL}`,
    measured: [...ratios].map(([engine, ratio]) => `${engine}: ${formatNumber(ratio)}`).join(', '),
    isMet: [...ratios.values()].every((ratio) => ratio <= GOAL),
  };
}
