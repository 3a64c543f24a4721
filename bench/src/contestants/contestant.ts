import type { Server } from 'node:http';
import type { HttpRequest } from '../load/http-request.ts';
import type { TokenFeed } from '../workload/token-feed.ts';
import type { UnaryCallName } from '../workload/unary-calls.ts';

/** A server that answers the same calls and streams as the other contestants. */
export interface Contestant {
  /** The request of a call; absent if the contestant has streams only. */
  unaryRequest?: (procedure: UnaryCallName) => HttpRequest;
  /** The request of a stream; absent if the contestant has calls only. */
  streamRequest?: HttpRequest;
  /** Returns a server that does not listen yet. Its streams read `feed`. */
  createServer(feed: TokenFeed): Server | Promise<Server>;
}
