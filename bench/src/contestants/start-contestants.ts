// Starts every contestant of a benchmark in a separate process, and one process that puts load on them in turn.
import type { LoadCommands } from '../load/load-process.ts';
import { startWorker, type Worker } from '../processes/start-worker.ts';
import type { ContestantCommands } from './contestant-process.ts';
import type { ContestantName } from './contestants.ts';

export interface RunningContestant {
  name: ContestantName;
  port: number;
  server: Worker<ContestantCommands>;
}

export interface RunningContestants extends AsyncDisposable {
  contestants: RunningContestant[];
  load: Worker<LoadCommands>;
}

export async function startContestants(names: readonly ContestantName[]): Promise<RunningContestants> {
  await using stack = new AsyncDisposableStack();
  const load = stack.use(
    startWorker<LoadCommands>({ file: new URL('../load/load-process.ts', import.meta.url), cores: 'load' }),
  );
  const contestants: RunningContestant[] = [];
  for (const name of names) {
    const server = stack.use(
      startWorker<ContestantCommands>({
        file: new URL('contestant-process.ts', import.meta.url),
        cores: 'server',
        args: [name],
        nodeFlags: ['--expose-gc'],
      }),
    );
    contestants.push({ name, server, port: await server.call('port') });
  }
  const running = stack.move();
  return { contestants, load, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
