// A thread that answers every request with the same bytes, so that the work of the sender does not count as work of the reader.

import { createServer, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

const { head, parts } = workerData as { head: string; parts: { bytes: Uint8Array; times: number }[] };

const server = createServer((socket) => {
  socket.on('error', () => {});
  socket.once('data', () => void send(socket));
});
// eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
server.listen(0, '127.0.0.1', () => parentPort?.postMessage(server.address()));

async function send(socket: Socket): Promise<void> {
  socket.write(head);
  for (const { bytes, times } of parts) {
    for (let sent = 0; sent < times && !socket.destroyed; sent++) {
      if (socket.write(bytes)) continue;
      await new Promise((resolve) => socket.once('drain', resolve).once('close', resolve));
      socket.removeAllListeners('drain').removeAllListeners('close');
    }
  }
  socket.end();
}
