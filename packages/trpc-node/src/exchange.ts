import type { TRPCError } from '@trpc/server';
import type { TRPCRequestInfo } from '@trpc/server/http';
import type { ErrorDetails, HandlerSettings } from './handler-settings.ts';
import type { NodeRequest, NodeResponse, ResponseWriter } from './node-http.ts';

/** Where an error came from, as tRPC tells it to `onError` and to errorFormatter. */
export type ErrorOrigin = Pick<ErrorDetails, 'path' | 'input' | 'type'>;

/** One request and its answer, and what is known of them so far. */
export class Exchange {
  readonly settings: HandlerSettings;
  readonly request: NodeRequest;
  readonly response: ResponseWriter;
  /** The same, as it was given to us and is given on. */
  readonly nodeResponse: NodeResponse;
  /** Undefined until the request has been understood. */
  info: TRPCRequestInfo | undefined;
  /** Undefined until it has been created. */
  context: unknown;
  /** The methods that a refused call would have taken. */
  allow: string | undefined;
  /** Until there are results: what tRPC's own adapters send for a request that was not understood. */
  contentType = 'text/plain;charset=UTF-8';
  readonly #controller = new AbortController();

  constructor(settings: HandlerSettings, request: NodeRequest, response: NodeResponse) {
    this.settings = settings;
    this.request = request;
    this.response = response;
    this.nodeResponse = response;
    response.on('close', () => {
      if (!response.writableEnded) this.abort();
    });
  }

  /** Aborts when the client leaves before it has been answered, and when a stream has lasted long enough. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(): void {
    this.#controller.abort();
  }

  report(error: TRPCError, origin: ErrorOrigin): void {
    this.settings.onError({ error, ctx: this.context, req: this.request, ...origin });
  }
}
