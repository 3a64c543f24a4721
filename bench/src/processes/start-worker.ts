// Starts a process of a benchmark, pinned to its cores, and calls its commands.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { endWithParent } from '@parley/testing';
import { pinnedTo, type Cores } from './cores.ts';
import type { CommandRequest, CommandResponse, Commands, InputOf, OutputOf } from './serve-commands.ts';

export interface Worker<C extends Commands> extends AsyncDisposable {
  /** Rejects with the worker's error, or if the worker ends first. */
  call<Name extends keyof C & string>(name: Name, ...input: InputOf<C, Name>): Promise<OutputOf<C, Name>>;
}

export interface WorkerOptions {
  /** A module that calls `serveCommands`. */
  file: URL;
  cores: Cores;
  args?: readonly string[];
  nodeFlags?: readonly string[];
}

export function startWorker<C extends Commands>(options: WorkerOptions): Worker<C> {
  const { file, cores, args = [], nodeFlags = [] } = options;
  const [command, ...rest] = pinnedTo(cores, [process.execPath, ...nodeFlags, fileURLToPath(file), ...args]);
  if (command === undefined) throw new Error('The command is empty.');
  // stdout is reserved for the report.
  const child = spawn(command, rest, { stdio: ['ignore', 2, 2, 'ipc'], serialization: 'advanced' });
  // A worker ends with its IPC channel too, unless it is too busy to notice.
  endWithParent(child);
  const pending = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;

  child.on('message', (message) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the other end is serveCommands
    settle(pending, message as CommandResponse);
  });
  child.once('exit', (code, signal) => {
    const error = new Error(`${fileURLToPath(file)} ${args.join(' ')} ended early (${signal ?? code})`);
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  });

  async function call(name: string, input?: unknown): Promise<unknown> {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`${name}: the process has ended`);
    const request: CommandRequest = { id: ++lastId, name, input };
    const answer = Promise.withResolvers<unknown>();
    pending.set(request.id, answer);
    child.send(request);
    return answer.promise;
  }

  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the worker returns the output of the command with this name
    call: call as Worker<C>['call'],
    [Symbol.asyncDispose]: () => stop(child),
  };
}

function settle(pending: Map<number, PromiseWithResolvers<unknown>>, response: CommandResponse): void {
  const answer = pending.get(response.id);
  pending.delete(response.id);
  if ('error' in response) answer?.reject(new Error(response.error));
  else answer?.resolve(response.output);
}

const MAX_STOP_MS = 5_000;

/** A disconnected worker exits. A worker that is too busy to notice is killed. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), MAX_STOP_MS);
  await exited;
  clearTimeout(timer);
}
