// Measures the cost of row-level security: the same queries through a team's handle and through Kysely's own driver.
import type { Benchmark, Goal, Report, Row, RunOptions, Table } from './benchmark.ts';
import { startWorker } from './processes/start-worker.ts';
import { createDatabase, engines, type Engine } from './product/databases.ts';
import { formatNumber } from './report/format-report.ts';
import type { RlsCall, RlsCommands, RlsHandle } from './rls/rls-process.ts';

const GOAL_MS = 1;
const MESSAGES = 50;
const CALLS: readonly RlsCall[] = ['list', 'get', 'send'];

type Samples = Record<RlsHandle, number[]>;

export const rlsBenchmark: Benchmark = {
  name: 'rls',
  title: 'Row-level security',
  async run(options): Promise<Report> {
    const tables: Table[] = [];
    const costs: string[] = [];
    let isMet = true;
    for (const engine of engines) {
      const rows: Row[] = [];
      for (const [call, samples] of await measure(engine, options)) {
        const row = toRow(call, samples);
        rows.push(row.cells);
        costs.push(`${engine} ${call}: ${formatNumber(row.costMs)}`);
        isMet &&= row.costMs <= GOAL_MS;
      }
      tables.push({ title: `${engine}: what a call asks of the database, in ms`, rows });
    }
    const goal: Goal = {
      goal: "p95 of a call through a team's handle, over Kysely's own driver without row-level security",
      target: `<= ${GOAL_MS} ms more`,
      measured: costs.join(', '),
      isMet,
    };
    return { tables, goals: [goal] };
  },
};

async function measure(engine: Engine, { isQuick, progress }: RunOptions): Promise<Map<RlsCall, Samples>> {
  await using stack = new AsyncDisposableStack();
  const { url } = stack.use(await createDatabase(engine));
  const worker = stack.use(
    startWorker<RlsCommands>({
      file: new URL('rls/rls-process.ts', import.meta.url),
      cores: 'server',
      args: [JSON.stringify({ url })],
    }),
  );
  progress(`rls on ${engine}: filling`);
  const size = { teams: isQuick ? 10 : 50, chats: 20, messages: MESSAGES, emptyChats: 200 };
  await worker.call('fill', size);
  const results = new Map<RlsCall, Samples>();
  for (const call of CALLS) {
    progress(`rls on ${engine}: ${call}`);
    // The first calls compile the code and warm the caches.
    await worker.call('time', { call, times: 100, messages: MESSAGES });
    const times = isQuick ? 400 : 1000;
    results.set(call, await worker.call('time', { call, times, messages: MESSAGES }));
  }
  return results;
}

function toRow(call: RlsCall, { plain, forTeam }: Samples): { cells: Row; costMs: number } {
  const costMs = percentile(forTeam, 0.95) - percentile(plain, 0.95);
  const cells: Row = {
    'chat.': call,
    'plain, p50': percentile(plain, 0.5),
    'forTeam, p50': percentile(forTeam, 0.5),
    'plain, p95': percentile(plain, 0.95),
    'forTeam, p95': percentile(forTeam, 0.95),
    'p95 more': costMs,
  };
  return { cells, costMs };
}

function percentile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;
}
