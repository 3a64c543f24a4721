// One request to one agent over a connection of its own, and the answer's bytes as they come. A connection is never
// used twice: a kept one may be closed by the agent just as the request is sent, and then nobody knows whether the
// workflow ran. It also means that ending the exchange ends the connection.
//
// ofetch makes the request; the fetch below it is our own, on undici's client. undici's fetch takes a token through a Web
// stream, which costs more than everything else that is done with it.

import { setTimeout as sleep } from 'node:timers/promises';
import { createFetch } from 'ofetch';
import { Client, type buildConnector, type Dispatcher } from 'undici';
import type { AgentLimits } from './agent-limits.ts';
import {
  isWorthAnotherTry,
  stalled,
  totalTimeout,
  transportFailure,
  undecodable,
} from './failures/transport-failure.ts';
import type { AgentError } from './agent-error.ts';
import { ByteQueue, type Flow } from './byte-queue.ts';
import type { Connector } from './connect/agent-connector.ts';
import { decompress, readEncodings } from './decompress.ts';
import type { WireRequest } from './wire-request.ts';

interface AnswerHead {
  status: number;
  contentType: string | null;
  location: string | null;
}

// Whatever comes after their heads.
const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

// Made once: without a reason, every abort makes an exception with a stack.
const CLOSED = new Error('The exchange has been closed.');

export class Exchange {
  readonly #request: WireRequest;
  readonly #limits: AgentLimits;
  readonly #connect: Connector;
  readonly #stop = new AbortController();
  #client: Client | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  // As they come, and as they are read: the same but for an answer that came compressed.
  #received: ByteQueue | undefined;
  #answer: ByteQueue | undefined;
  #isSent = false;
  #status = 0;
  #isComplete = false;
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
    const state = { isSent: this.#isSent, isAnswering: this.#status !== 0 };
    return transportFailure(this.#failure, state, this.#limits);
  }

  /** @throws AgentError, or whatever the request throws after `close`. */
  async send(): Promise<AnswerHead> {
    this.#totalTimer = setTimeout(() => this.#cut(totalTimeout(this.#limits)), this.#limits.totalTimeoutMs);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt();
      } catch (error) {
        // An answer after all, with a status that no Response can have.
        if (this.#status > 599) return { status: this.#status, contentType: null, location: null };
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
  read(withinMs?: number): Promise<Uint8Array | undefined> {
    const bytes = this.#answer?.read() ?? Promise.resolve(undefined);
    if (withinMs === undefined) return bytes;
    const timer = setTimeout(() => this.#cut(stalled()), withinMs);
    return bytes.finally(() => clearTimeout(timer));
  }

  /** Closes the connection at once. What has arrived is gone. */
  close(reason: unknown = CLOSED): void {
    clearTimeout(this.#totalTimer);
    this.#stop.abort(reason);
    this.#destroyClient();
    this.#received?.discard();
    this.#answer?.discard();
  }

  async #attempt(): Promise<AnswerHead> {
    this.#destroyClient();
    const { url, headers, body } = this.#request;
    const client = new Client(url.origin, {
      connect: (options, callback) => this.#connectSocket(options, callback),
      headersTimeout: this.#limits.firstByteTimeoutMs,
      bodyTimeout: this.#limits.idleTimeoutMs,
      allowH2: false,
    });
    this.#client = client;
    const request = createFetch({ fetch: (_address, init) => this.#fetch(client, init) });
    const response = await request.raw(url.href, {
      method: 'POST',
      headers,
      body,
      signal: this.#stop.signal,
      ignoreResponseError: true,
      retry: false,
    });
    return {
      status: response.status,
      contentType: response.headers.get('content-type'),
      location: response.headers.get('location'),
    };
  }

  /** Resolves with the answer's head; its body is for `read`. */
  #fetch(client: Client, { headers, body, signal }: RequestInit = {}): Promise<Response> {
    const { url } = this.#request;
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    client.dispatch(
      {
        method: 'POST',
        path: url.pathname + url.search,
        headers: Object.fromEntries(new Headers(headers)),
        body: typeof body === 'string' ? body : null,
      },
      {
        onRequestStart: (controller) => {
          this.#isSent = true;
          this.#controller = controller;
        },
        onResponseStart: (controller, status, received) => {
          if (status < 200) return;
          this.#status = status;
          const known = ['content-type', 'content-encoding', 'location'];
          const answered = new Headers(
            known.flatMap((name) =>
              [received[name] ?? []].flat().map((value): [string, string] => [name, value]),
            ),
          );
          if (!NO_BODY.has(status))
            this.#receive(controller, readEncodings(answered.get('content-encoding')));
          resolve(new Response(null, { status, headers: answered }));
        },
        onResponseData: (_controller, chunk) => this.#received?.push(chunk),
        onResponseEnd: () => {
          this.#failure ??= this.#socketError;
          this.#isComplete = true;
          this.#received?.end();
        },
        onResponseError: (_controller, error) => {
          this.#failure ??= error;
          this.#received?.end();
          reject(error);
        },
      },
    );
    return promise;
  }

  #receive(flow: Flow, encodings: readonly string[]): void {
    this.#received = new ByteQueue(flow);
    this.#answer =
      encodings.length === 0
        ? this.#received
        : decompress(this.#received, encodings, () => {
            this.#failure ??= undecodable();
            this.#controller?.abort(undecodable());
          });
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

  /** Ends the answer, if it is still coming; what has arrived can still be read. */
  #cut(failure: AgentError): void {
    if (this.#isComplete) return;
    this.#failure ??= failure;
    if (this.#status !== 0) this.#controller?.abort(failure);
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
