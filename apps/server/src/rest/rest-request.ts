import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context, RestNames } from '@parley/api';

/** One request over REST, and what answers it. */
export interface RestRequest {
  request: IncomingMessage;
  response: ServerResponse;
  names: RestNames;
  /** The path's parameters, by the names that the procedure gives them. */
  parameters: Record<string, string>;
  query: URLSearchParams;
  context: Context;
  /** Aborts when the client has left. */
  signal: AbortSignal;
}

export interface RestAnswerer {
  method: string;
  /** As in `/api/chats/{chat_id}/messages`. */
  path: string;
  /** Rejects with what the client is to be told. */
  answer: (exchange: RestRequest) => Promise<void>;
}
