import { getTRPCErrorShape, type TRPCError } from '@trpc/server';
import type { TRPCRequestInfo } from '@trpc/server/http';
import type { TRPCErrorResponse } from '@trpc/server/rpc';
import type { ErrorDetails, HandlerSettings } from './handler-settings.ts';
import type { NodeRequest, NodeResponse, ResponseWriter } from './node-http.ts';

/** The call that an error belongs to, as `onError` and errorFormatter receive it. */
export type ErrorOrigin = Pick<ErrorDetails, 'path' | 'input' | 'type'>;

/** One request and its response, and the state of handling it. */
export class RequestResponse {
  readonly settings: HandlerSettings;
  readonly request: NodeRequest;
  readonly response: ResponseWriter;
  /** The same response, for functions of the user and of tRPC. */
  readonly nodeResponse: NodeResponse;
  /** Undefined until the request has been parsed. */
  info: TRPCRequestInfo | undefined;
  /** Undefined until `createContext` has returned. */
  context: unknown;
  /** The methods that the procedure accepts, once a call has been refused for its method. */
  allow: string | undefined;
  /** Until there are results: the type that tRPC's own adapters send for a request that cannot be parsed. */
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

  /** Aborts when the client disconnects before the response has ended, and when a stream reaches its maximum duration. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(): void {
    this.#controller.abort();
  }

  report(error: TRPCError, origin: ErrorOrigin): void {
    this.settings.onError({ error, ctx: this.context, req: this.request, ...origin });
  }

  /**
   * An error as the client receives it, before the transformer.
   * @throws whatever the router's errorFormatter throws
   */
  errorShape(error: TRPCError, origin: ErrorOrigin): TRPCErrorResponse['error'] {
    return getTRPCErrorShape({ config: this.settings.config, error, ctx: this.context, ...origin });
  }
}
