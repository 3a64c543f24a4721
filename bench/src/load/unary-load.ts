// Sends the same request over a number of connections, each time as soon as the last response has arrived.
import type { Socket } from 'node:net';
import { requestBytes, type HttpRequest } from './http-request.ts';
import { openSocket } from './open-socket.ts';

export interface UnaryLoadOptions {
  port: number;
  request: HttpRequest;
  connections: number;
  /** The body of each response must contain it. */
  expectedText: string;
}

export class UnaryLoad {
  #answers = 0;
  #sockets: Socket[] = [];
  #failure: Error | undefined;

  /** The number of responses. @throws Error if one of them differs from the first in length */
  get answers(): number {
    if (this.#failure !== undefined) throw this.#failure;
    return this.#answers;
  }

  async start({ port, request, connections, expectedText }: UnaryLoadOptions): Promise<void> {
    const bytes = requestBytes(request);
    const first = await askOnce(port, bytes);
    if (!first.startsWith('HTTP/1.1 200 ') || !bodyOf(first).includes(expectedText)) {
      throw new Error(`${request.method} ${request.path.slice(0, 100)} was answered: ${first.slice(0, 600)}`);
    }
    // All responses are equal except for the date, so counting bytes is enough to find the end of each.
    const answerBytes = Buffer.byteLength(first, 'latin1');
    for (let index = 0; index < connections; index++) {
      this.#sockets.push(await this.#ask(port, bytes, answerBytes));
    }
  }

  stop(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
    this.#sockets = [];
  }

  async #ask(port: number, bytes: Buffer, answerBytes: number): Promise<Socket> {
    let received = 0;
    const socket = await openSocket(port, (chunk) => {
      received += chunk.length;
      if (received < answerBytes) return;
      if (received > answerBytes) this.#failure = new Error('A response was longer than the first one.');
      received = 0;
      this.#answers += 1;
      socket.write(bytes);
    });
    socket.write(bytes);
    return socket;
  }
}

/** The whole response, as text with one character for each byte. */
async function askOnce(port: number, bytes: Buffer): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let text = '';
  const socket = await openSocket(port, (chunk) => {
    text += chunk.toString('latin1');
    if (isComplete(text)) resolve(text);
  });
  socket.write(bytes);
  const answer = await promise;
  socket.resetAndDestroy();
  return answer;
}

const HEAD_END = '\r\n\r\n';

function isComplete(text: string): boolean {
  const headEnd = text.indexOf(HEAD_END);
  if (headEnd === -1) return false;
  const length = /^content-length: *(\d+)/im.exec(text.slice(0, headEnd))?.[1];
  if (length === undefined) return text.endsWith('\r\n0\r\n\r\n');
  return text.length === headEnd + HEAD_END.length + Number(length);
}

/** The body. A chunked body must be short enough for one chunk, since the sizes of chunks are not removed. */
function bodyOf(answer: string): string {
  return Buffer.from(answer.slice(answer.indexOf(HEAD_END)), 'latin1').toString('utf8');
}
