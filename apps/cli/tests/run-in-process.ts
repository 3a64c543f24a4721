// Runs the `parley` command in the test's process: a child process would load all modules again.
import { Readable, Writable } from 'node:stream';
import { runParley } from '../src/run-parley.ts';
import { testEnvironment, type ParleyOptions, type RunningParley } from './start-parley.ts';

export function runInProcess(args: readonly string[], options: ParleyOptions = {}): RunningParley {
  const [stdout, stderr] = [collect(), collect()];
  const exitCode = runParley(args, {
    stdin: Readable.from(options.stdin === undefined ? [] : [options.stdin]),
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: testEnvironment(options),
    signal: new AbortController().signal,
  });
  return { stdout: stdout.text, stderr: stderr.text, exitCode };
}

function collect(): { stream: Writable; text: () => string } {
  let text = '';
  const write = (chunk: string, _encoding: unknown, done: () => void): void => {
    text += chunk;
    done();
  };
  return { stream: new Writable({ decodeStrings: false, write }), text: () => text };
}
