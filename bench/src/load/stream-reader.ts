// Reads the tokens of one stream and checks their order.
import type { Socket } from 'node:net';
import { nowUs } from '../measure/clock.ts';
import { TokenScanner } from '../workload/token-text.ts';
import { openSocket } from './open-socket.ts';

export interface StreamReader {
  /** Resolves at the end of the answer, when the connection is lost, or after `leave`. */
  ended: Promise<void>;
  /** The number of the last token. */
  lastSeq: number;
  leave(): void;
}

export interface StreamCounts {
  /** Called for every token with the time that it took to arrive. */
  onToken: (delayUs: number) => void;
  /** Called for every token that does not follow the one before it. */
  onOutOfOrder: () => void;
}

export async function readStream(
  port: number,
  request: Buffer,
  { onToken, onOutOfOrder }: StreamCounts,
): Promise<StreamReader> {
  const scanner = new TokenScanner();
  const ended = Promise.withResolvers<void>();
  const socket: Socket = await openSocket(port, (bytes) => {
    const receivedUs = nowUs();
    scanner.scan(bytes, (seq, madeUs) => {
      if (seq !== reader.lastSeq + 1) onOutOfOrder();
      reader.lastSeq = seq;
      onToken(Math.max(1, receivedUs - madeUs));
    });
    // tRPC's adapters keep the connection open, whatever the request says.
    if (isLastChunk(bytes)) socket.destroy();
  });
  // Readers leave by a reset. A reset by the server shows in the missing tokens.
  socket.on('error', () => {});
  socket.once('close', () => ended.resolve());
  const reader: StreamReader = {
    ended: ended.promise,
    lastSeq: 0,
    leave: () => socket.resetAndDestroy(),
  };
  socket.write(request);
  return reader;
}

const LAST_CHUNK = '0\r\n\r\n';

/** Whether a chunked body ends with these bytes (RFC 9112, section 7.1). */
function isLastChunk(bytes: Buffer): boolean {
  if (bytes.at(-1) !== 0x0a || bytes.at(-LAST_CHUNK.length) !== 0x30) return false;
  const end = bytes.subarray(-LAST_CHUNK.length - 2).toString('latin1');
  return end === LAST_CHUNK || end === `\r\n${LAST_CHUNK}`;
}
