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
  /** Objects that are in use. */
  heapBytes: number;
  /** Buffers and other memory that objects hold outside of the heap. */
  externalBytes: number;
  /** What the operating system counts, garbage and free pages included. */
  rssBytes: number;
}

const feed = new TokenFeed();
const contestant = await loadContestant(process.argv[2] ?? '');
const port = await listenOnLoopback(await contestant.createServer(feed));

const commands = {
  ...profileCommands,
  port: (): number => port,
  unaryRequest(name: UnaryCallName): HttpRequest {
    if (contestant.unaryRequest === undefined) throw new Error('this contestant answers no calls');
    return contestant.unaryRequest(name);
  },
  streamRequest(): HttpRequest {
    if (contestant.streamRequest === undefined) throw new Error('this contestant has no streams');
    return contestant.streamRequest;
  },
  streamCount: (): number => feed.streamCount,
  makeOneEach: () => feed.makeOneEach(),
  startPaced: (perStreamPerSecond: number) => feed.startPaced(perStreamPerSecond),
  startSaturating: () => feed.startSaturating(),
  /** Gives the number of events that the open streams were given since they opened. */
  stopFeed(): number {
    feed.stop();
    return feed.eventsMade;
  },
  usage: (): Usage => readUsage(),
  memory: (): Memory => readMemory(),
};

export type ContestantCommands = typeof commands;

serveCommands(commands);

/** After a full collection; `node --expose-gc`. */
function readMemory(): Memory {
  if (globalThis.gc === undefined) throw new Error('start this process with --expose-gc');
  // What has a finalizer is only freed by the collection after the one that finds it.
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapBytes: heapUsed, externalBytes: external, rssBytes: rss };
}
