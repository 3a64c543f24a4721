// What is stored of a picture is never what was sent: it is decoded, and what is seen of it is drawn anew, as a WebP of
// 256x256. Nothing else survives: no metadata, no second format hidden in the file, no script.
import type Sharp from 'sharp';
import { createWorkLimit } from '../create-work-limit.ts';
import { DomainError } from '../errors.ts';

export const MAX_AVATAR_BYTES = 2_000_000;
export const AVATAR_CONTENT_TYPE = 'image/webp';

const SIZE = 256;
/** A file of some kilobytes can claim any size, and would be given the memory for it. */
const MAX_PIXELS = 32_000_000;
const MAX_SIDE = 16_384;
const MAX_SECONDS = 5;

/** One thread of libuv's four each, and up to 100 MB: passwords are hashed on the others. */
const limitWork = createWorkLimit({ maxConcurrent: 2, maxQueued: 32, onFull: serverBusy });

/** @throws DomainError INVALID_AVATAR, AVATAR_TOO_LARGE, SERVER_BUSY */
export async function encodeAvatar(bytes: Uint8Array): Promise<Buffer> {
  if (bytes.length > MAX_AVATAR_BYTES) {
    throw new DomainError('AVATAR_TOO_LARGE', `A picture may have at most ${MAX_AVATAR_BYTES} bytes.`);
  }
  if (!hasKnownSignature(bytes)) throw notAPicture();
  return limitWork(() => drawAnew(bytes));
}

/** @throws DomainError INVALID_AVATAR */
async function drawAnew(bytes: Uint8Array): Promise<Buffer> {
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
    // libvips' own messages name its functions, and sometimes its files.
    throw error instanceof DomainError ? error : notAPicture();
  }
}

let loaded: Promise<typeof Sharp> | undefined;

/** At the first picture: it takes 0.1 s and 30 MB, and where there is no build of it, nothing else is out of order. */
function loadSharp(): Promise<typeof Sharp> {
  loaded ??= import('sharp').then(({ default: sharp }) => {
    // The libraries that decode pictures are where the holes are: three of them are enough. SVG would read other files.
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] });
    // Nobody uploads the same picture twice in a row.
    sharp.cache(false);
    sharp.concurrency(1);
    return sharp;
  });
  return loaded;
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];

/** What the file says itself, whatever its name says. */
function hasKnownSignature(bytes: Uint8Array): boolean {
  const isAt = (signature: number[], offset = 0): boolean =>
    signature.every((byte, index) => bytes[offset + index] === byte);
  const isWebp = isAt([0x52, 0x49, 0x46, 0x46]) && isAt([0x57, 0x45, 0x42, 0x50], 8);
  return isAt(PNG) || isAt(JPEG) || isWebp;
}

/** libvips shows the first picture of an animated PNG, and says nothing of the others. */
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
    `This is no picture that can be used: send a whole PNG, JPEG or WebP of at most ${MAX_PIXELS / 1_000_000} megapixels.`,
  );
}

function animated(): DomainError {
  return new DomainError('INVALID_AVATAR', 'A picture that moves cannot be used: send a still one.');
}

function serverBusy(): DomainError {
  return new DomainError('SERVER_BUSY', 'Too many pictures are being read at this moment. Try again.', {
    retryAfterSeconds: 2,
  });
}
