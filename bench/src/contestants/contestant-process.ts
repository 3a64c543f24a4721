// The process of one contestant: `contestant-process.ts <name>`.
import { profileCommands } from '../measure/cpu-profile.ts';
import { readUsage, type Usage } from '../measure/usage.ts';
import { listenOnLoopback } from '../processes/listen-on-loopback.ts';
import { serveCommands } from '../processes/serve-commands.ts';
import type { HttpRequest } from '../load/http-request.ts';
import { TokenFeed } from '../workload/token-feed.ts';
import type { UnaryCallName } from '../workload/unary-calls.ts';
import { loadContestant } from './contestants.ts';

export interface Memory {
  /** Live objects. */
  heapBytes: number;
  /** Buffers and other memory of objects outside of the heap. */
  externalBytes: number;
  /** The operating system's figure, which includes garbage and free pages. */
  rssBytes: number;
}

const feed = new TokenFeed();
const contestant = await loadContestant(process.argv[2] ?? '');
const port = await listenOnLoopback(await contestant.createServer(feed));

const commands = {
  ...profileCommands,
  port: (): number => port,
  unaryRequest(name: UnaryCallName): HttpRequest {
    if (contestant.unaryRequest === undefined) throw new Error('This contestant has no unary calls.');
    return contestant.unaryRequest(name);
  },
  streamRequest(): HttpRequest {
    if (contestant.streamRequest === undefined) throw new Error('This contestant has no streams.');
    return contestant.streamRequest;
  },
  streamCount: (): number => feed.streamCount,
  makeOneEach: () => feed.makeOneEach(),
  startPaced: (perStreamPerSecond: number) => feed.startPaced(perStreamPerSecond),
  startSaturating: () => feed.startSaturating(),
  /** @returns the number of events of the open streams */
  stopFeed(): number {
    feed.stop();
    return feed.eventsMade;
  },
  usage: (): Usage => readUsage(),
  memory: (): Memory => readMemory(),
};

export type ContestantCommands = typeof commands;

serveCommands(commands);

/** Measures after a full garbage collection, which needs `node --expose-gc`. */
function readMemory(): Memory {
  if (globalThis.gc === undefined) throw new Error('Start this process with --expose-gc.');
  // Objects with finalizers are freed only by a second collection.
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapBytes: heapUsed, externalBytes: external, rssBytes: rss };
}
