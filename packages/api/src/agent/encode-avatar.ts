// Re-encodes uploaded pictures as a WebP of 256x256. The uploaded bytes are never stored, so metadata, scripts and other
// formats hidden in the file do not survive.
import type Sharp from 'sharp';
import { createWorkLimit } from '../create-work-limit.ts';
import { DomainError } from '../errors.ts';

export const MAX_AVATAR_BYTES = 2_000_000;
export const AVATAR_CONTENT_TYPE = 'image/webp';

const SIZE = 256;
/** A file of a few kilobytes can declare any size, and decoding it would allocate that much memory. */
const MAX_PIXELS = 32_000_000;
const MAX_SIDE = 16_384;
const MAX_SECONDS = 5;

/** Each picture takes one of libuv's four threads, which password hashing needs too, and up to 100 MB. */
const limitWork = createWorkLimit({ maxConcurrent: 2, maxQueued: 32, onFull: serverBusy });

/** @throws DomainError INVALID_AVATAR, AVATAR_TOO_LARGE, SERVER_BUSY */
export async function encodeAvatar(bytes: Uint8Array): Promise<Buffer> {
  if (bytes.length > MAX_AVATAR_BYTES) {
    throw new DomainError('AVATAR_TOO_LARGE', `A picture may have at most ${MAX_AVATAR_BYTES} bytes.`);
  }
  if (!hasKnownSignature(bytes)) throw notAPicture();
  return limitWork(() => reencode(bytes));
}

/** @throws DomainError INVALID_AVATAR */
async function reencode(bytes: Uint8Array): Promise<Buffer> {
  const sharp = await loadSharp();
  try {
    const picture = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'warning' });
    const { width, height, pages = 1 } = await picture.metadata();
    if (pages > 1 || isAnimatedPng(bytes)) throw animated();
    if (width > MAX_SIDE || height > MAX_SIDE) throw notAPicture();
    return await picture
      .autoOrient()
      .resize(SIZE, SIZE, { fit: 'cover' })
      .webp({ quality: 85 })
      .timeout({ seconds: MAX_SECONDS })
      .toBuffer();
  } catch (error) {
    // Messages of libvips name its functions, and sometimes files.
    throw error instanceof DomainError ? error : notAPicture();
  }
}

let loaded: Promise<typeof Sharp> | undefined;

/** Loads sharp with the first picture: it takes 0.1 s and 30 MB, and a platform without a build of it only lacks avatars. */
function loadSharp(): Promise<typeof Sharp> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    // Image decoders have a history of vulnerabilities, so only three are enabled. SVG could also read other files.
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] });
    // A cache would not help: the same picture is not uploaded twice in a row.
    sharp.cache(false);
    sharp.concurrency(1);
    return sharp;
  });
  return loaded;
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];

/** Checks the bytes: the name and the declared type prove nothing. */
function hasKnownSignature(bytes: Uint8Array): boolean {
  const isAt = (signature: number[], offset = 0): boolean =>
    signature.every((byte, index) => bytes[offset + index] === byte);
  const isWebp = isAt([0x52, 0x49, 0x46, 0x46]) && isAt([0x57, 0x45, 0x42, 0x50], 8);
  return isAt(PNG) || isAt(JPEG) || isWebp;
}

/** libvips decodes the first frame of an animated PNG and does not report the others. */
function isAnimatedPng(bytes: Uint8Array): boolean {
  if (bytes[0] !== PNG[0]) return false;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = PNG.length; at + 8 <= view.length;) {
    if (view.toString('latin1', at + 4, at + 8) === 'acTL') return true;
    at += 12 + view.readUInt32BE(at);
  }
  return false;
}

function notAPicture(): DomainError {
  return new DomainError(
    'INVALID_AVATAR',
    `This picture cannot be used: send an intact PNG, JPEG or WebP of at most ${MAX_PIXELS / 1_000_000} megapixels.`,
  );
}

function animated(): DomainError {
  return new DomainError('INVALID_AVATAR', 'An animated picture cannot be used: send a still one.');
}

function serverBusy(): DomainError {
  return new DomainError('SERVER_BUSY', 'The server is processing too many pictures. Try again.', {
    retryAfterSeconds: 2,
  });
}
