// One request to one agent over a connection of its own, and the answer's bytes as they come. A connection is never
// used twice: a kept one may be closed by the agent just as the request is sent, and then nobody knows whether the
// workflow ran. It also means that ending the exchange ends the connection.

import { setTimeout as sleep } from 'node:timers/promises';
import { createFetch } from 'ofetch';
import { Client, fetch as undiciFetch, type buildConnector, type Dispatcher } from 'undici';
import type { AgentLimits } from './agent-limits.ts';
import {
  isWorthAnotherTry,
  stalled,
  totalTimeout,
  transportFailure,
  undecodable,
} from './failures/transport-failure.ts';
import type { AgentError } from './agent-error.ts';
import type { Connector } from './connect/agent-connector.ts';
import type { WireRequest } from './wire-request.ts';

interface AnswerHead {
  status: number;
  contentType: string | null;
  location: string | null;
}

// A dispatcher of this undici works with the fetch of this undici only, and ofetch is typed for the global one, which
// is another version of the same code.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- two declarations of one interface
const request = createFetch({ fetch: undiciFetch as unknown as typeof globalThis.fetch });

export class Exchange {
  readonly #request: WireRequest;
  readonly #limits: AgentLimits;
  readonly #connect: Connector;
  readonly #stop = new AbortController();
  #client: Client | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #isSent = false;
  #isAnswering = false;
  #status = 0;
  #isComplete = false;
  #isClosed = false;
  #socketError: Error | undefined;
  #failure: unknown;
  #totalTimer: NodeJS.Timeout | undefined;

  constructor(wireRequest: WireRequest, limits: AgentLimits, connect: Connector) {
    this.#request = wireRequest;
    this.#limits = limits;
    this.#connect = connect;
  }

  /** Why the answer's bytes ended, if they are not all of them. */
  get failure(): AgentError | undefined {
    if (this.#failure === undefined) return undefined;
    const state = { isSent: this.#isSent, isAnswering: this.#isAnswering };
    return transportFailure(this.#failure, state, this.#limits);
  }

  /** @throws AgentError, or whatever the request throws after `close`. */
  async send(): Promise<AnswerHead> {
    this.#totalTimer = setTimeout(() => this.#cut(totalTimeout(this.#limits)), this.#limits.totalTimeoutMs);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt();
      } catch (error) {
        // An answer after all, with a status that fetch acts upon instead of handing it out.
        if (this.#status > 299) return { status: this.#status, contentType: null, location: null };
        if (this.#status !== 0) this.#failure = undecodable();
        this.#failure ??= error;
        const mayTryAgain =
          !this.#isSent && !this.#stop.signal.aborted && attempt <= this.#limits.connectRetries;
        if (!mayTryAgain || !isWorthAnotherTry(this.#failure)) throw this.failure;
        this.#failure = undefined;
      }
      await this.#pause(attempt * this.#limits.connectRetryDelayMs);
    }
  }

  /**
   * The next bytes, decompressed; undefined at the end, whether `failure` is set then or not.
   * @param withinMs ends the answer if nothing comes by then; without it, the limits alone decide
   */
  async read(withinMs?: number): Promise<Uint8Array | undefined> {
    const timer = withinMs === undefined ? undefined : setTimeout(() => this.#cut(stalled()), withinMs);
    try {
      return (await this.#reader?.read())?.value;
    } catch {
      this.#failure ??= undecodable();
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes the connection at once. What has arrived is gone. */
  close(reason?: unknown): void {
    this.#isClosed = true;
    clearTimeout(this.#totalTimer);
    this.#stop.abort(reason);
    this.#destroyClient();
  }

  async #attempt(): Promise<AnswerHead> {
    this.#destroyClient();
    const { url, headers, body } = this.#request;
    this.#client = new Client(url.origin, {
      connect: (options, callback) => this.#connectSocket(options, callback),
      headersTimeout: this.#limits.firstByteTimeoutMs,
      bodyTimeout: this.#limits.idleTimeoutMs,
      allowH2: false,
    });
    const response = await request.raw(url.href, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      dispatcher: this.#client.compose((dispatch) => (options, handler) => {
        // fetch sends again on its own after some statuses. A workflow must not run twice.
        if (this.#isSent) throw new Error('The request has been sent already.');
        return dispatch(options, this.#watch(handler));
      }),
      signal: this.#stop.signal,
      responseType: 'stream',
      ignoreResponseError: true,
      retry: false,
    });
    this.#reader = response.body?.getReader();
    return {
      status: response.status,
      contentType: response.headers.get('content-type'),
      location: response.headers.get('location'),
    };
  }

  #connectSocket(options: buildConnector.Options, callback: buildConnector.Callback): void {
    this.#connect(options, (...[error, socket]) => {
      if (error !== null) {
        callback(error, null);
        return;
      }
      // An answer without a length ends with its connection, and undici takes a reset for such an end.
      socket.once('error', (socketError) => (this.#socketError = socketError));
      callback(null, socket);
    });
  }

  /**
   * Keeps a broken connection from fetch, which would throw away what has arrived and not been read yet: fetch sees the
   * end of the body, and `failure` tells that it was none.
   */
  #watch(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
    return {
      onRequestStart: (controller, context) => {
        this.#isSent = true;
        this.#controller = controller;
        handler.onRequestStart?.(controller, context);
      },
      onResponseStarted: () => handler.onResponseStarted?.(),
      onResponseStart: (controller, status, headers, message) => {
        if (status >= 200) this.#status = status;
        handler.onResponseStart?.(controller, status, headers, message);
        this.#isAnswering = status >= 200 && !controller.aborted;
      },
      onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
      onResponseEnd: (controller, trailers) => {
        this.#failure ??= this.#socketError;
        this.#isComplete = true;
        handler.onResponseEnd?.(controller, trailers);
      },
      onResponseError: (controller, error) => {
        this.#failure ??= error;
        if (!this.#isAnswering || this.#isClosed) handler.onResponseError?.(controller, error);
        else handler.onResponseEnd?.(controller, {});
      },
    };
  }

  /** Ends the answer, if it is still coming; what has arrived can still be read. */
  #cut(failure: AgentError): void {
    if (this.#isComplete) return;
    this.#failure ??= failure;
    if (this.#isAnswering) this.#controller?.abort(failure);
    else this.#stop.abort(failure);
  }

  #destroyClient(): void {
    // Settles once the socket is closed; nobody waits for it.
    this.#client?.destroy(null).catch(() => {});
    this.#client = undefined;
  }

  async #pause(ms: number): Promise<void> {
    try {
      await sleep(ms, undefined, { signal: this.#stop.signal });
    } catch {
      // Stopped: the next attempt says why.
    }
  }
}
