// Measures the whole product: users send messages without a pause and read the answers through webhook, database and SSE.
import { setTimeout as delay } from 'node:timers/promises';
import type { Benchmark, Goal, Report, RunOptions, Table } from './benchmark.ts';
import { ANSWER_MS } from './product/answer.ts';
import { compareWithRelay } from './product/compare-with-relay.ts';
import { engines, type Engine } from './product/databases.ts';
import { findLimit } from './product/find-limit.ts';
import { startProduct, type Product } from './product/start-product.ts';
import { profileServer } from './report/profiles.ts';

const PROFILED_CHATS = 100;

export const productBenchmark: Benchmark = {
  name: 'product',
  title: 'The whole product',
  async run(options): Promise<Report> {
    const tables: Table[] = [];
    const goals: Goal[] = [];
    for (const engine of engines) {
      await using product = await startProduct(engine);
      tables.push(await findLimit(product, engine, options));
      tables.push(...(await profile(product, engine, options)));
      if (engine === 'Postgres') {
        const { table, goal } = await compareWithRelay(product, options);
        tables.push(table);
        goals.push(goal);
      }
    }
    return { tables, goals };
  },
};

async function profile(
  { server, users, agentIds }: Product,
  engine: Engine,
  { isQuick, progress }: RunOptions,
): Promise<Table[]> {
  progress(`product on ${engine}: profile`);
  const windowMs = isQuick ? 1_000 : ANSWER_MS;
  await users.call('startChats', { agentId: agentIds.sse, count: PROFILED_CHATS, spreadMs: ANSWER_MS });
  await delay(windowMs);
  const file = `product-${engine.toLowerCase()}`;
  const title = `${engine}, ${PROFILED_CHATS} chats`;
  const tables = await profileServer(server, { file, title, windowMs });
  await users.call('stop');
  return tables;
}
