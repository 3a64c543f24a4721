// The process of one contestant: `contestant-process.ts <name>`.
import { profileCommands } from '../measure/profile-commands.ts';
import { readMemory, type Memory } from '../measure/memory.ts';
import { readUsage, type Usage } from '../measure/usage.ts';
import { listenOnLoopback } from '../processes/listen-on-loopback.ts';
import { serveCommands } from '../processes/serve-commands.ts';
import type { HttpRequest } from '../load/http-request.ts';
import { TokenFeed } from '../workload/token-feed.ts';
import type { UnaryCallName } from '../workload/unary-calls.ts';
import { loadContestant } from './contestants.ts';

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
