import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { until } from './until.ts';

/** A TCP connection that sends and records raw bytes. */
export class RawConnection implements Disposable {
  readonly socket: Socket;
  received = '';

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => (this.received += chunk.toString('latin1')));
    // Some tests make the server close the connection.
    socket.on('error', () => {});
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connectSocket(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  send(text: string): void {
    this.socket.write(text);
  }

  get(path: string): void {
    this.send(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  }

  /** Waits until the client has received a text. */
  async expect(text: string): Promise<void> {
    await until(() => this.received.includes(text), `${text} in ${JSON.stringify(this.received)}`);
  }

  /** The chunks of a streamed body, one for each write of the server. */
  chunks(): string[] {
    const chunks: string[] = [];
    let rest = this.received.slice(this.received.indexOf('\r\n\r\n') + 4);
    while (rest !== '') {
      const start = rest.indexOf('\r\n') + 2;
      const end = start + Number.parseInt(rest, 16);
      chunks.push(rest.slice(start, end));
      rest = rest.slice(end + 2);
    }
    return chunks;
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
