// The process that puts load on a contestant, with requests or with readers of streams.
import { readUsage, type Progress } from '../measure/usage.ts';
import { serveCommands } from '../processes/serve-commands.ts';
import type { Delays } from './delay-histogram.ts';
import { StreamReaders, type StreamReadersOptions } from './stream-readers.ts';
import { UnaryLoad, type UnaryLoadOptions } from './unary-load.ts';

const unary = new UnaryLoad();
const streams = new StreamReaders();

const commands = {
  startUnary: (options: UnaryLoadOptions) => unary.start(options),
  stopUnary: () => unary.stop(),
  openStreams: (options: StreamReadersOptions) => streams.open(options),
  closeStreams: () => streams.close(),
  takeDelays: (): Delays => streams.takeDelays(),
  countOutOfOrder: (): number => streams.outOfOrder,
  readUnary: (): Progress => ({ ...readUsage(), units: unary.answers }),
  readStreams: (): Progress => ({ ...readUsage(), units: streams.events }),
};

export type LoadCommands = typeof commands;

serveCommands(commands);
