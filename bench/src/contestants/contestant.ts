import type { Server } from 'node:http';
import type { HttpRequest } from '../load/http-request.ts';
import type { TokenFeed } from '../workload/token-feed.ts';
import type { UnaryCallName } from '../workload/unary-calls.ts';

/** One way of serving the same calls and the same streams. */
export interface Contestant {
  /** How one of the calls is asked for; absent where it serves streams alone. */
  unaryRequest?: (procedure: UnaryCallName) => HttpRequest;
  /** How a stream is asked for; absent where it answers calls alone. */
  streamRequest?: HttpRequest;
  /** Not listening yet. Its streams follow `feed`. */
  createServer(feed: TokenFeed): Server | Promise<Server>;
}
