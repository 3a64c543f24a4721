// Decodes an answer's content encodings. Parley does not ask for compression, but some proxies compress nevertheless. Text must
// come out as soon as its bytes arrive, and memory must be bounded; speed matters less.

import { pipeline, Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { ByteQueue } from './byte-queue.ts';

// The limit of browsers: each encoding can multiply the size by a thousand.
const MAX_ENCODINGS = 5;

// Emit all that each chunk allows to decode. The end of a truncated body is not an error here: its connection reports the failure.
const zlibOptions = { flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH };
const brotliOptions = {
  flush: zlib.constants.BROTLI_OPERATION_FLUSH,
  finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH,
};
const zstdOptions = { flush: zlib.constants.ZSTD_e_continue, finishFlush: zlib.constants.ZSTD_e_flush };

type Bytes = AsyncIterable<Uint8Array>;

/** A layer of the body, compressed or not, is larger than allowed. */
export class BodyTooLargeError extends Error {}

const decoders: Readonly<Record<string, (encoded: Bytes) => Bytes>> = {
  gzip: (encoded) => through(encoded, zlib.createGunzip(zlibOptions)),
  'x-gzip': (encoded) => through(encoded, zlib.createGunzip(zlibOptions)),
  deflate: inflate,
  br: (encoded) => through(encoded, zlib.createBrotliDecompress(brotliOptions)),
  zstd: (encoded) => through(encoded, zlib.createZstdDecompress(zstdOptions)),
};

/** The encodings to decode. Empty if one of them is unknown: browsers leave such a body as it is, too. */
export function readEncodings(header: string | null): string[] {
  const encodings = (header ?? '').split(',').map((encoding) => encoding.trim().toLowerCase());
  return encodings.every((encoding) => Object.hasOwn(decoders, encoding)) ? encodings : [];
}

/**
 * The decoded bytes of `encoded`.
 * @param encodings in the order in which they were applied
 * @param maxBytes of each layer: blocks that decode to nothing cost time, too
 * @param onError called at most once; bytes that were decoded before can still be read
 */
export function decompress(
  encoded: ByteQueue,
  encodings: readonly string[],
  maxBytes: number,
  onError: (error: unknown) => void,
): ByteQueue {
  let room: PromiseWithResolvers<void> | undefined;
  const decoded = new ByteQueue({
    pause: () => (room = Promise.withResolvers()),
    resume: () => room?.resolve(),
  });
  const run = async (): Promise<void> => {
    try {
      if (encodings.length > MAX_ENCODINGS) throw new Error('There are too many content encodings.');
      const bytes = encodings.reduceRight(
        (chunks, encoding) => decoders[encoding]?.(limited(chunks, maxBytes)) ?? chunks,
        chunksOf(encoded),
      );
      for await (const chunk of bytes) {
        if (!decoded.push(chunk)) return;
        await room?.promise;
      }
    } catch (error) {
      onError(error);
    } finally {
      decoded.end();
    }
  };
  void run();
  return decoded;
}

async function* chunksOf(queue: ByteQueue): Bytes {
  for (let bytes = await queue.read(); bytes !== undefined; bytes = await queue.read()) yield bytes;
}

async function* limited(chunks: Bytes, maxBytes: number): Bytes {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new BodyTooLargeError('A layer of the body is too large.');
    yield chunk;
  }
}

function through(encoded: Bytes, decoder: Transform): Bytes {
  // The reader of the decoder receives its error.
  return pipeline(Readable.from(encoded), decoder, () => {});
}

/** `deflate` has a zlib header by its standard, but some servers send raw deflate. A zlib header starts with method 8. */
async function* inflate(encoded: Bytes): Bytes {
  const iterator = encoded[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) return;
  const hasHeader = ((first.value[0] ?? 0) & 0x0f) === 8;
  const all = async function* (): Bytes {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => iterator };
  };
  yield* through(all(), hasHeader ? zlib.createInflate(zlibOptions) : zlib.createInflateRaw(zlibOptions));
}
