// Runs the `parley` command in this process, as its main file does. A process of its own would load the same modules once more.
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
