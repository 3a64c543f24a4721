// Compares the CPU time of a token with that of a process that only relays the bytes, while answers stream and no user sends.
import type { Goal, Row, RunOptions, Table } from '../benchmark.ts';
import { interleave } from '../measure/interleave.ts';
import { measureWindow, type WindowResult } from '../measure/measure-window.ts';
import { summarize, summarizeRatios, type Summary } from '../measure/summary.ts';
import type { Progress, Usage } from '../measure/usage.ts';
import { startWorker, type Worker } from '../processes/start-worker.ts';
import { ratioGoal } from '../report/ratio-goal.ts';
import type { AgentFormat } from './answer.ts';
import type { RelayCommands } from './relay-process.ts';
import type { Product } from './start-product.ts';

const CHATS = 100;
const SPREAD_MS = 500;
const GOAL_OF_RELAY = 0.8;

const RELAY = 'raw relay';
const PARLEY = 'Parley';

export async function compareWithRelay(
  product: Product,
  options: RunOptions,
): Promise<{ table: Table; goal: Goal }> {
  const rows: Row[] = [];
  const ratios = new Map<string, Summary>();
  for (const format of options.isQuick ? (['sse'] as const) : (['sse', 'n8n'] as const)) {
    await using relay = startWorker<RelayCommands>({
      file: new URL('relay-process.ts', import.meta.url),
      cores: 'server',
      args: [product.agentUrls[format]],
    });
    const results = await measureBoth(product, relay, format, options);
    const cpuOf = (name: string): number[] => (results.get(name) ?? []).map((window) => window.cpuUsPerUnit);
    for (const [name, windows] of results) {
      rows.push({
        'agent streams': format,
        by: name,
        'CPU µs a token': summarize(cpuOf(name)),
        'of relay': summarizeRatios(cpuOf(RELAY), cpuOf(name)),
        'tokens/s': summarize(windows.map(({ unitsPerSecond }) => unitsPerSecond)),
        'cores: others': summarize(windows.map(({ otherLoad }) => otherLoad)).median,
      });
    }
    ratios.set(format, summarizeRatios(cpuOf(RELAY), cpuOf(PARLEY)));
  }
  return {
    table: { title: `From webhook to browser, ${CHATS} chats, while answers stream`, rows },
    goal: ratioGoal('webhook to browser, of a raw relay', GOAL_OF_RELAY, ratios),
  };
}

function measureBoth(
  { server, users, agentIds }: Product,
  relay: Worker<RelayCommands>,
  format: AgentFormat,
  { isQuick, progress }: RunOptions,
): Promise<ReadonlyMap<string, readonly WindowResult[]>> {
  const common = { count: CHATS, spreadMs: SPREAD_MS };
  const contestants = [
    {
      name: RELAY,
      start: async () => users.call('startRelayed', { port: await relay.call('port'), ...common }),
      readServer: (): Promise<Usage> => relay.call('usage'),
    },
    {
      name: PARLEY,
      start: () => users.call('startChats', { agentId: agentIds[format], ...common }),
      readServer: (): Promise<Usage> => server.call('usage'),
    },
  ];
  return interleave(contestants, isQuick ? 1 : 4, async ({ name, start, readServer }, round) => {
    progress(`product, ${format}, round ${round + 1}: ${name}`);
    await start();
    const window = await measureWindow({
      readServer,
      readClient: (): Promise<Progress> => users.call('progress'),
      // The window starts after the last send, and ends before the first answer does.
      warmUpMs: SPREAD_MS + 1_000,
      windowMs: isQuick ? 1_000 : 2_000,
    });
    await users.call('stop');
    return window;
  });
}
