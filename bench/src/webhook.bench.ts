// Measures the cost of reading agents' streams: 200 answers at once, at the pace of tokens and as fast as the reader takes them.
import type { Benchmark, Report, Row, RunOptions, Table } from './benchmark.ts';
import { interleave } from './measure/interleave.ts';
import { summarize, summarizeRatios, type Summary } from './measure/summary.ts';
import { startWorker, type Worker } from './processes/start-worker.ts';
import type { AgentCommands } from './product/agent-process.ts';
import type { AgentFormat } from './product/answer.ts';
import { atMostGoal } from './report/ratio-goal.ts';
import type { ReaderCommands } from './webhook/reader-process.ts';
import { readers } from './webhook/readers.ts';

const STREAMS = 200;
const BARE = 'undici.stream, bytes';
const OURS = '@parley/webhook';
/** At most this many times the cost of the bare read. */
const GOAL_OF_BARE = 2;

interface Case {
  format: AgentFormat;
  /** Delay between two tokens of a stream. */
  delayMs: number;
}

const cases: readonly Case[] = [
  { format: 'sse', delayMs: 20 },
  { format: 'n8n', delayMs: 20 },
  { format: 'sse', delayMs: 0 },
  { format: 'n8n', delayMs: 0 },
];

type Results = ReadonlyMap<string, readonly number[]>;

export const webhookBenchmark: Benchmark = {
  name: 'webhook',
  title: 'Reading agents',
  async run(options): Promise<Report> {
    await using stack = new AsyncDisposableStack();
    const agent = stack.use(
      startWorker<AgentCommands>({
        file: new URL('product/agent-process.ts', import.meta.url),
        cores: 'load',
      }),
    );
    const contestants = Object.keys(readers).map((name) => ({
      name,
      process: stack.use(
        startWorker<ReaderCommands>({
          file: new URL('webhook/reader-process.ts', import.meta.url),
          cores: 'server',
          args: [name],
        }),
      ),
    }));
    const results: { case: Case; cpuUs: Results }[] = [];
    for (const measured of cases) {
      results.push({ case: measured, cpuUs: await measureCase(measured, agent, contestants, options) });
    }
    return {
      tables: results.map(({ case: measured, cpuUs }) => toTable(measured, cpuUs)),
      goals: [
        atMostGoal(
          'reading an agent as tokens come, times the bare read',
          GOAL_OF_BARE,
          new Map(
            results
              .filter(({ case: { delayMs } }) => delayMs > 0)
              .map(({ case: { format }, cpuUs }) => [format, timesBare(cpuUs, OURS)]),
          ),
        ),
      ],
    };
  },
};

interface Contestant {
  name: string;
  process: Worker<ReaderCommands>;
}

async function measureCase(
  { format, delayMs }: Case,
  agent: Worker<AgentCommands>,
  contestants: readonly Contestant[],
  { isQuick, progress }: RunOptions,
): Promise<Results> {
  const url = await agent.call('url', format);
  const tokens = isQuick ? 100 : 200;
  return interleave(contestants, isQuick ? 1 : 3, async ({ name, process }, round) => {
    progress(`webhook ${format} ${delayMs} ms, round ${round + 1}: ${name}`);
    const call = { url, streams: STREAMS, config: { tokens, token_delay_ms: delayMs } };
    // The first call compiles the code.
    if (round === 0) await process.call('read', { ...call, config: { tokens: 50, token_delay_ms: 5 } });
    const { cpuUs } = await process.call('read', call);
    return cpuUs / (STREAMS * tokens);
  });
}

function toTable({ format, delayMs }: Case, results: Results): Table {
  const pace = delayMs > 0 ? `${1000 / delayMs} tokens/s each` : 'as fast as they come';
  return {
    title: `${STREAMS} streams of ${format === 'sse' ? 'server-sent events' : 'n8n’s lines'}, ${pace}`,
    rows: [...results].map(([name, cpuUs]): Row => ({
      reader: name,
      'CPU s a million frames': summarize(cpuUs),
      'times the bare read': timesBare(results, name),
    })),
  };
}

function timesBare(results: Results, name: string): Summary {
  return summarizeRatios(results.get(name) ?? [], results.get(BARE) ?? []);
}
