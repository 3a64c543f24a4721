// Undoes an answer's content encodings. They are not asked for, but proxies send them all the same, so what matters is that
// text comes out as soon as its bytes are there, and that memory is bounded; not speed.

import { pipeline, Readable, type Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { ByteQueue } from './byte-queue.ts';

// As browsers have it: each may multiply what comes in by a thousand.
const MAX_ENCODINGS = 5;

// Hands out what can be decoded of each chunk; a body that breaks off is decoded up to there, and its connection tells.
const zlibOptions = { flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH };
const brotliOptions = {
  flush: zlib.constants.BROTLI_OPERATION_FLUSH,
  finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH,
};
const zstdOptions = { flush: zlib.constants.ZSTD_e_continue, finishFlush: zlib.constants.ZSTD_e_flush };

type Bytes = AsyncIterable<Uint8Array>;

const decoders: Readonly<Record<string, (encoded: Bytes) => Bytes>> = {
  gzip: (encoded) => through(encoded, zlib.createGunzip(zlibOptions)),
  'x-gzip': (encoded) => through(encoded, zlib.createGunzip(zlibOptions)),
  deflate: inflate,
  br: (encoded) => through(encoded, zlib.createBrotliDecompress(brotliOptions)),
  zstd: (encoded) => through(encoded, zlib.createZstdDecompress(zstdOptions)),
};

/** Empty for a body that is to be read as it is: unknown encodings are left alone, as browsers do. */
export function readEncodings(header: string | null): string[] {
  const encodings = (header ?? '').split(',').map((encoding) => encoding.trim().toLowerCase());
  return encodings.every((encoding) => Object.hasOwn(decoders, encoding)) ? encodings : [];
}

/**
 * The bytes of `encoded`, decoded.
 * @param encodings in the order in which they were applied
 * @param onError called at most once; what was decoded before can still be read
 */
export function decompress(encoded: ByteQueue, encodings: readonly string[], onError: () => void): ByteQueue {
  let room: PromiseWithResolvers<void> | undefined;
  const decoded = new ByteQueue({
    pause: () => (room = Promise.withResolvers()),
    resume: () => room?.resolve(),
  });
  const run = async (): Promise<void> => {
    try {
      if (encodings.length > MAX_ENCODINGS) throw new Error('There are too many content encodings.');
      const bytes = encodings.reduceRight(
        (chunks, encoding) => decoders[encoding]?.(chunks) ?? chunks,
        chunksOf(encoded),
      );
      for await (const chunk of bytes) {
        if (!decoded.push(chunk)) return;
        await room?.promise;
      }
    } catch {
      onError();
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

function through(encoded: Bytes, decoder: Transform): Bytes {
  // Its failure is found by whoever reads the decoder.
  return pipeline(Readable.from(encoded), decoder, () => {});
}

/** What is called deflate has zlib's header around it, as it should, or has none; only zlib's begins with method 8. */
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
