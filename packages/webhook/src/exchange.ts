// One request to one agent, and the answer's bytes as they arrive. Every exchange opens a new connection: an agent may close
// a kept-alive connection just as the request is sent, and then it is unknown whether the workflow ran. Closing the exchange
// therefore closes the connection.
//
// ofetch is the project's HTTP client: it builds the request and wraps failures. It calls the `#fetch` of this file, on
// undici's client, because undici's fetch reads through a Web stream, which costs more than all other work on a token.

import { setTimeout as sleep } from 'node:timers/promises';
import { createFetch } from 'ofetch';
import { Client, type buildConnector, type Dispatcher } from 'undici';
import type { AgentLimits } from './agent-limits.ts';
import { bodyTooLarge } from './failures/answer-failures.ts';
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
import { BodyTooLargeError, decompress, readEncodings } from './decompress.ts';
import type { WireRequest } from './wire-request.ts';

interface AnswerHead {
  status: number;
  contentType: string | null;
  location: string | null;
  retryAfter: string | null;
  contentSecurityPolicy: string | null;
}

const READ_HEADERS = [
  'content-type',
  'content-encoding',
  'location',
  'retry-after',
  'content-security-policy',
] as const;
const NO_HEADERS = { contentType: null, location: null, retryAfter: null, contentSecurityPolicy: null };

// Responses that never have a body.
const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

// Shared: an abort without a reason creates an exception, with a stack trace, every time.
const CLOSED = new Error('The exchange has been closed.');

export class Exchange {
  readonly #request: WireRequest;
  readonly #limits: AgentLimits;
  readonly #connect: Connector;
  readonly #stop = new AbortController();
  #client: Client | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  // The body as received and as read. They differ only for a compressed answer.
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

  /** Why the answer ended early; undefined for a complete answer. */
  get failure(): AgentError | undefined {
    if (this.#failure === undefined) return undefined;
    const state = { isSent: this.#isSent, isAnswering: this.#status !== 0 };
    return transportFailure(this.#failure, state, this.#limits);
  }

  /** @throws AgentError */
  async send(): Promise<AnswerHead> {
    this.#totalTimer = setTimeout(() => this.#cut(totalTimeout(this.#limits)), this.#limits.totalTimeoutMs);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt();
      } catch (error) {
        // The agent did answer, with a status that `Response` does not accept.
        if (this.#status > 599) return { ...NO_HEADERS, status: this.#status };
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
   * The next bytes, decompressed; undefined at the end of the answer, complete or not (see `failure`).
   * @param withinMs ends the answer if no bytes arrive by then; without it, only the limits end it
   */
  read(withinMs?: number): Promise<Uint8Array | undefined> {
    const bytes = this.#answer?.read() ?? Promise.resolve(undefined);
    if (withinMs === undefined) return bytes;
    const timer = setTimeout(() => this.#cut(stalled()), withinMs);
    return bytes.finally(() => clearTimeout(timer));
  }

  /** Closes the connection at once and drops unread bytes. */
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
      retryAfter: response.headers.get('retry-after'),
      contentSecurityPolicy: response.headers.get('content-security-policy'),
    };
  }

  /** Resolves with the answer's head. `read` delivers the body. */
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
          const answered = new Headers(
            READ_HEADERS.flatMap((name) =>
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
        : decompress(this.#received, encodings, this.#limits.maxBodyBytes, (error) => {
            const failure = error instanceof BodyTooLargeError ? bodyTooLarge() : undecodable();
            this.#failure ??= failure;
            this.#controller?.abort(failure);
          });
  }

  #connectSocket(options: buildConnector.Options, callback: buildConnector.Callback): void {
    this.#connect(options, (...[error, socket]) => {
      if (error !== null) {
        callback(error, null);
        return;
      }
      // An answer without a length ends when its connection closes, and undici mistakes a reset for that.
      socket.once('error', (socketError) => (this.#socketError = socketError));
      callback(null, socket);
    });
  }

  /** Ends an incomplete answer. Bytes that have arrived can still be read. */
  #cut(failure: AgentError): void {
    if (this.#isComplete) return;
    this.#failure ??= failure;
    if (this.#status !== 0) this.#controller?.abort(failure);
    else this.#stop.abort(failure);
  }

  #destroyClient(): void {
    // Not awaited: `destroy` settles when the socket is closed, and callers need not wait for that.
    this.#client?.destroy(null).catch(() => {});
    this.#client = undefined;
  }

  async #pause(ms: number): Promise<void> {
    try {
      await sleep(ms, undefined, { signal: this.#stop.signal });
    } catch {
      // Aborted: the next attempt throws the reason.
    }
  }
}
