// Reads one stream: its tokens as they come, each checked to be the next.
import type { Socket } from 'node:net';
import { nowUs } from '../measure/clock.ts';
import { TokenScanner } from '../workload/token-text.ts';
import { openSocket } from './open-socket.ts';

export interface StreamReader {
  /** When the answer is over, the connection is lost, or `leave` was called. */
  ended: Promise<void>;
  /** The number of the last token. */
  lastSeq: number;
  leave(): void;
}

export interface StreamCounts {
  /** Told of every token: how long it was on its way. */
  onToken: (delayUs: number) => void;
  /** Told of a token that is not the one after the last. */
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
    // tRPC's own adapters keep the connection, whatever the request says.
    if (isLastChunk(bytes)) socket.destroy();
  });
  // A reset is how readers leave here; a server that resets is noticed by the tokens that are missing.
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
