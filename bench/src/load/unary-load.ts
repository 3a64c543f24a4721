// Asks the same question over a number of connections, on each as soon as the answer to the last is there.
import type { Socket } from 'node:net';
import { requestBytes, type HttpRequest } from './http-request.ts';
import { openSocket } from './open-socket.ts';

export interface UnaryLoadOptions {
  port: number;
  request: HttpRequest;
  connections: number;
  /** Must be in the answer's body. */
  expectedText: string;
}

export class UnaryLoad {
  #answers = 0;
  #sockets: Socket[] = [];
  #failure: Error | undefined;

  /** How many answers have come. @throws Error where one of them was not as the first */
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
    // All answers are equal but for the date, so counting bytes is enough to know where each one ends.
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
      if (received > answerBytes) this.#failure = new Error('an answer was longer than the first one');
      received = 0;
      this.#answers += 1;
      socket.write(bytes);
    });
    socket.write(bytes);
    return socket;
  }
}

/** The whole answer, as text in which every byte is a character. */
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

/** Of a short answer, so without the sizes of its chunks in the middle of it. */
function bodyOf(answer: string): string {
  return Buffer.from(answer.slice(answer.indexOf(HEAD_END)), 'latin1').toString('utf8');
}
