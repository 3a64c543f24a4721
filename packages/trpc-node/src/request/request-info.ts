import { createURL } from '@trpc/server/adapters/node-http';
import type { TRPCRequestInfo } from '@trpc/server/http';
import type { NodeRequest } from '../node-http.ts';

type Fields = Omit<TRPCRequestInfo, 'url' | 'accept'>;

/** tRPC's description of a request, which makes its URL only for whoever asks. */
export class RequestInfo implements TRPCRequestInfo {
  /** Streamed batches are answered elsewhere. */
  readonly accept = null;
  readonly type: TRPCRequestInfo['type'];
  readonly isBatchCall: boolean;
  readonly calls: TRPCRequestInfo['calls'];
  readonly connectionParams: TRPCRequestInfo['connectionParams'];
  readonly signal: AbortSignal;
  readonly #request: NodeRequest;
  #url: URL | undefined;

  constructor(request: NodeRequest, { type, isBatchCall, calls, connectionParams, signal }: Fields) {
    this.#request = request;
    this.type = type;
    this.isBatchCall = isBatchCall;
    this.calls = calls;
    this.connectionParams = connectionParams;
    this.signal = signal;
  }

  get url(): URL {
    return (this.#url ??= createURL(this.#request));
  }
}
