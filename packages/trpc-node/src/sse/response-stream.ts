import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ResponseWriter } from '../node-http.ts';
import type { CheckLimits, RegisteredStream, StreamRegistry } from './stream-registry.ts';

/** How much text a stream gathers in one tick before it waits for other streams to have their turn. */
const MAX_GATHERED_CHARS = 64 * 1024;

/** The target of a stream's writes. */
export interface StreamTarget {
  readonly response: ResponseWriter;
  /** Aborts when the client disconnects. It may have aborted already, in which case `response` emits no more `close`. */
  readonly signal: AbortSignal;
  /** Called when the registry closes: stops the source of the stream, which then ends it. Default: the stream just ends. */
  abort?(): void;
}

/**
 * Writes a response body piece by piece, with backpressure. All text of a tick goes out in one write. The memory for a slow
 * reader is bounded by the socket's buffer plus the text of one tick, as long as the source awaits `whenReady()` while
 * the stream `isFull`. A reader that takes no data for too long is disconnected, and pings keep a silent stream open:
 * the registry has both settings.
 */
export class ResponseStream implements RegisteredStream {
  readonly #target: StreamTarget;
  readonly #response: ResponseWriter;
  readonly #body: BodyWriter;
  readonly #registry: StreamRegistry;
  #gathered = '';
  #isScheduled = false;
  #isEnded = false;
  #lastWriteMs = performance.now();
  /** Since when the reader has left data untaken; undefined while it keeps up. */
  #stalledSinceMs: number | undefined;
  #resume: (() => void) | undefined;

  /** @param target the head of its response has been written */
  constructor(target: StreamTarget, registry: StreamRegistry) {
    const { response, signal } = target;
    this.#target = target;
    this.#response = response;
    this.#body = bodyWriter(response);
    this.#registry = registry;
    this.#isEnded = signal.aborted;
    if (signal.aborted) return;
    registry.add(this);
    response.on('close', () => this.#onClose());
  }

  /** Whether the stream accepts no more text: it has been ended, or its client has disconnected. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Whether the source should await `whenReady()` before it writes more. */
  get isFull(): boolean {
    return this.#stalledSinceMs !== undefined || this.#gathered.length >= MAX_GATHERED_CHARS;
  }

  write(text: string): void {
    if (this.#isEnded) return;
    this.#gathered += text;
    if (this.#stalledSinceMs === undefined) this.#schedule();
  }

  /** Resolves once the reader has caught up, or the stream has ended. */
  whenReady(): Promise<void> {
    if (this.#isEnded || !this.isFull) return Promise.resolve();
    return new Promise((resolve) => (this.#resume = resolve));
  }

  /** Ends the stream after all text written so far, and `text`. */
  end(text = ''): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    // The reader counts as stalled until it has taken everything.
    this.#stalledSinceMs = performance.now();
    this.#response.end(this.#gathered + text, 'utf8');
    this.#gathered = '';
    this.#resume?.();
  }

  close(): void {
    if (this.#target.abort === undefined) this.end();
    else this.#target.abort();
  }

  flush(nowMs: number): void {
    this.#isScheduled = false;
    if (this.#isEnded) return;
    const isTaken = this.#body.write(this.#gathered);
    this.#gathered = '';
    this.#lastWriteMs = nowMs;
    if (!isTaken) {
      this.#stalledSinceMs = nowMs;
      this.#body.once('drain', () => this.#onDrain());
    } else if (this.#resume !== undefined) {
      // Not synchronously: a source that never waits would starve all other streams.
      setImmediate(this.#resume);
      this.#resume = undefined;
    }
  }

  check(nowMs: number, { maxStallMs, pingMs, pingFrame, checkMs }: CheckLimits): void {
    if (this.#stalledSinceMs !== undefined) {
      if (nowMs - this.#stalledSinceMs >= maxStallMs) this.#response.destroy();
    } else if (nowMs + checkMs - this.#lastWriteMs > pingMs) {
      // A little early rather than late: clients give up after the interval.
      this.write(pingFrame);
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#registry.flushSoon(this);
  }

  #onDrain(): void {
    this.#stalledSinceMs = undefined;
    if (this.#gathered !== '') this.#schedule();
    this.#resume?.();
    this.#resume = undefined;
  }

  #onClose(): void {
    this.#isEnded = true;
    this.#registry.delete(this);
    this.#gathered = '';
    this.#resume?.();
  }
}

interface BodyWriter {
  /** Returns false if the reader is behind; `drain` is emitted once it has caught up. */
  write(text: string): boolean;
  once(event: 'drain', listener: () => void): unknown;
}

/**
 * Writes to the response, or past it to the socket. For each text, `ServerResponse.write` corks the socket, writes four pieces
 * (length, line end, text, line end) and uncorks it in a later tick: a fifth of the cost of an event. One write suffices
 * if the socket belongs to this response alone: not with HTTP/2, with an earlier response on the connection still unsent, or
 * with middleware that has replaced `write`. The response itself still writes the head and the end.
 * @param response its head has been written
 */
function bodyWriter(response: ResponseWriter): BodyWriter {
  if (!(response instanceof ServerResponse) || Object.hasOwn(response, 'write')) return response;
  const { socket, chunkedEncoding } = response;
  return socket === null || !chunkedEncoding ? response : new ChunkWriter(response, socket);
}

/** Writes chunks to the socket: chunked transfer coding, RFC 9112, section 7.1. */
class ChunkWriter implements BodyWriter {
  /** Undefined once its head has been sent. */
  #response: ServerResponse | undefined;
  readonly #socket: Socket;

  constructor(response: ServerResponse, socket: Socket) {
    this.#response = response;
    this.#socket = socket;
  }

  write(text: string): boolean {
    const socket = this.#socket;
    if (!socket.writable) return false;
    const bytes = Buffer.byteLength(text);
    const chunk = `${bytes.toString(16)}\r\n${text}\r\n`;
    // The text is ASCII, so it has as many bytes as characters, and node writes it fastest as latin1.
    const encoding = bytes === text.length ? 'latin1' : 'utf8';
    if (this.#response === undefined) return socket.write(chunk, encoding);

    // The head goes out together with the first chunk.
    socket.cork();
    this.#response.flushHeaders();
    this.#response = undefined;
    const isTaken = socket.write(chunk, encoding);
    socket.uncork();
    return isTaken;
  }

  once(event: 'drain', listener: () => void): unknown {
    return this.#socket.once(event, listener);
  }
}
