import { connect } from 'node:net';
import type { ServedRouter } from './serve-both.ts';

/** Sends raw bytes, and returns everything up to the end of the connection except the date. */
export function sendRaw({ port }: Pick<ServedRouter, 'port'>, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
    socket.on('close', () => resolve(received.replace(/^date: .*\r\n/im, '')));
    socket.on('error', reject);
  });
}
