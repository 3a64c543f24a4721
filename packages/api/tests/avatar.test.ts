// Hostile pictures. A file is encoded again, or refused.
import { deflateSync, crc32 } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestApi, type TestApi, type TestTeam } from '../src/testing/index.ts';
import { encodeAvatar } from '../src/agent/encode-avatar.ts';
import { reasonOf } from './reason-of.ts';

const red = { create: { width: 300, height: 200, channels: 3, background: '#c00' } } as const;
const picture = { png: Buffer.alloc(0), jpeg: Buffer.alloc(0), webp: Buffer.alloc(0) };

let api: TestApi;
let team: TestTeam;
let agentId: string;

beforeAll(async () => {
  picture.png = await sharp(red).png().toBuffer();
  picture.jpeg = await sharp(red).jpeg().toBuffer();
  picture.webp = await sharp(red).webp().toBuffer();
  api = await createTestApi();
  team = await api.createTeam();
  agentId = (await team.admin.caller.agent.create({ name: 'Agent', webhookUrl: api.webhook.url })).id;
});

afterAll(() => api[Symbol.asyncDispose]());

function form(bytes: Uint8Array, { name = 'a.png', type = 'image/png', id = agentId } = {}): FormData {
  const data = new FormData();
  data.set('id', id);
  data.set('avatar', new File([new Uint8Array(bytes)], name, { type }));
  return data;
}

/** A PNG of these chunks with valid checksums. */
function png(...chunks: [type: string, data: Buffer][]): Buffer {
  const parts = chunks.map(([type, data]) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  });
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts]);
}

function header(width: number, height: number, { depth = 8, color = 0 } = {}): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth, color, 0, 0, 0], 8);
  return data;
}

const end: [string, Buffer] = ['IEND', Buffer.alloc(0)];
const rows = (width: number, height: number): Buffer => deflateSync(Buffer.alloc((width + 1) * height));

/** Files that have to be refused, by kind. */
function hostileFiles(): Record<string, Buffer> {
  const { png: p, jpeg, webp } = picture;
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>';
  const files: Record<string, Buffer> = {
    'an empty file': Buffer.alloc(0),
    'one byte': Buffer.from([0x89]),
    zeros: Buffer.alloc(10_000),
    noise: Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 251)),
    text: Buffer.from('hello'),
    HTML: Buffer.from('<!doctype html><script>alert(1)</script>'),
    'an SVG with a script': Buffer.from(svg),
    'an SVG that reads a file': Buffer.from(`${svg.slice(0, -6)}<image href="file:///etc/passwd"/></svg>`),
    'an SVG with entities': Buffer.from(`<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "b">]>${svg}`),
    'a compressed SVG': deflateSync(svg),
    'a PDF': Buffer.from('%PDF-1.7\n1 0 obj\n<<>>\nendobj\n'),
    PostScript: Buffer.from('%!PS-Adobe-3.0\n(%pipe%id) (r) file\n'),
    'a script of ImageMagick': Buffer.from(
      'push graphic-context\nviewbox 0 0 1 1\nfill "url(https://x|id)"\npop',
    ),
    'a GIF': Buffer.from('R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=', 'base64'),
    'a GIF that is a script': Buffer.from('GIF89a/*\0\0*/=1;alert(1)'),
    'a BMP': Buffer.concat([Buffer.from('BM'), Buffer.alloc(60)]),
    'a TIFF': Buffer.concat([Buffer.from([0x49, 0x49, 0x2a, 0]), Buffer.alloc(60)]),
    'a TIFF of the other order': Buffer.concat([Buffer.from([0x4d, 0x4d, 0, 0x2a]), Buffer.alloc(60)]),
    'an icon': Buffer.concat([Buffer.from([0, 0, 1, 0, 1, 0]), Buffer.alloc(60)]),
    'an AVIF': Buffer.concat([Buffer.from('\0\0\0\x20ftypavif'), Buffer.alloc(60)]),
    'a HEIC': Buffer.concat([Buffer.from('\0\0\0\x20ftypheic'), Buffer.alloc(60)]),
    'a PSD': Buffer.concat([Buffer.from('8BPS\0\x01'), Buffer.alloc(60)]),
    'a ZIP': Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(60)]),
    'a program': Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(60)]),
    'a PNG after a space': Buffer.concat([Buffer.from(' '), p]),
    'a PNG after HTML': Buffer.concat([Buffer.from('<script>alert(1)</script>'), p]),
    'a PNG of nothing but its signature': p.subarray(0, 8),
    'a PNG without pixels': png(['IHDR', header(4, 4)], end),
    'a PNG without a header': png(['IDAT', rows(4, 4)], end),
    'a PNG of no width': png(['IHDR', header(0, 4)], ['IDAT', rows(4, 4)], end),
    'a PNG of no height': png(['IHDR', header(4, 0)], ['IDAT', rows(4, 4)], end),
    'a PNG that claims 100,000 x 100,000': png(['IHDR', header(100_000, 100_000)], ['IDAT', rows(4, 4)], end),
    'a PNG that claims 2^31 - 1 x 1': png(['IHDR', header(2_147_483_647, 1)], ['IDAT', rows(4, 4)], end),
    'a PNG that claims 20,000 x 1': png(['IHDR', header(20_000, 1)], ['IDAT', rows(20_000, 1)], end),
    'a PNG bomb: 10,000 x 10,000 in some kilobytes': png(
      ['IHDR', header(10_000, 10_000, { depth: 1 })],
      ['IDAT', deflateSync(Buffer.alloc(1251 * 10_000))],
      end,
    ),
    'a PNG of an unknown colour type': png(['IHDR', header(4, 4, { color: 5 })], ['IDAT', rows(4, 4)], end),
    'a PNG of an unknown depth': png(['IHDR', header(4, 4, { depth: 3 })], ['IDAT', rows(4, 4)], end),
    'a PNG whose pixels are no deflate': png(['IHDR', header(4, 4)], ['IDAT', Buffer.from('garbage')], end),
    'an animated PNG': png(
      ['IHDR', header(4, 4)],
      ['acTL', Buffer.from([0, 0, 0, 2, 0, 0, 0, 0])],
      ['IDAT', rows(4, 4)],
      end,
    ),
    'a JPEG of nothing but its signature': jpeg.subarray(0, 3),
    'a WebP of nothing but its signature': webp.subarray(0, 12),
    'a WebP whose inside is noise': Buffer.concat([webp.subarray(0, 16), Buffer.alloc(400, 0xaa)]),
    'a RIFF that is a sound': Buffer.concat([Buffer.from('RIFF\x24\0\0\0WAVEfmt '), Buffer.alloc(60)]),
    'a picture of more than 2 MB': Buffer.concat([p, Buffer.alloc(2_000_001 - p.length)]),
  };
  for (const part of [0.2, 0.5, 0.8]) {
    files[`a PNG that ends at ${part}`] = p.subarray(0, p.length * part);
    files[`a JPEG that ends at ${part}`] = jpeg.subarray(0, jpeg.length * part);
    files[`a WebP that ends at ${part}`] = webp.subarray(0, webp.length * part);
  }
  return files;
}

describe('a picture', () => {
  test.each(['png', 'jpeg', 'webp'] as const)('a picture in %s becomes a WebP of 256x256', async (type) => {
    const answer = await team.admin.caller.agent.setAvatar(form(picture[type]));
    const { contentType, bytes, etag } = await team.user.caller.agent.avatar({ id: agentId });
    expect(contentType).toBe('image/webp');
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: 256, height: 256 });
    expect(answer.avatarUrl).toBe(`/api/agents/${agentId}/avatar?v=${etag}`);
    const agent = await team.user.caller.agent.get({ id: agentId });
    expect(agent.avatar).toBe(`data:image/webp;base64,${Buffer.from(bytes).toString('base64')}`);
    expect(agent.avatarUrl).toBe(answer.avatarUrl);
    expect((await team.user.caller.agent.list({})).items[0]?.avatarUrl).toBe(answer.avatarUrl);
  });

  test('a stored picture contains no location, comment or appended script of the upload', async () => {
    const tagged = await sharp(red)
      .jpeg()
      .withExif({ IFD0: { ImageDescription: 'canary-exif' } })
      .toBuffer();
    expect(tagged.includes('canary-exif')).toBe(true);
    for (const source of [tagged, Buffer.concat([picture.png, Buffer.from('canary-tail<script>')])]) {
      const encoded = await encodeAvatar(source);
      expect(encoded.includes('canary')).toBe(false);
      expect((await sharp(encoded).metadata()).exif).toBeUndefined();
    }
  });

  test('the format of a picture is detected from its bytes, not its name or type', async () => {
    const lying = form(picture.jpeg, { name: 'x.svg', type: 'image/svg+xml' });
    expect((await team.admin.caller.agent.setAvatar(lying)).avatarUrl).not.toBeNull();
  });

  test('a removed picture is gone', async () => {
    await team.admin.caller.agent.setAvatar(form(picture.png));
    expect(await team.admin.caller.agent.removeAvatar({ id: agentId })).toEqual({
      id: agentId,
      avatarUrl: null,
    });
    expect((await team.user.caller.agent.get({ id: agentId })).avatar).toBeNull();
    expect(await reasonOf(team.user.caller.agent.avatar({ id: agentId }))).toBe('AVATAR_NOT_FOUND');
  });

  test("only admins of the agent's team set its picture, and only members see it", async () => {
    const other = await api.createTeam();
    await team.admin.caller.agent.setAvatar(form(picture.png));
    expect(await reasonOf(team.user.caller.agent.setAvatar(form(picture.png)))).toBe('ADMIN_REQUIRED');
    expect(await reasonOf(other.admin.caller.agent.setAvatar(form(picture.png)))).toBe('AGENT_NOT_FOUND');
    expect(await reasonOf(other.admin.caller.agent.removeAvatar({ id: agentId }))).toBe('AGENT_NOT_FOUND');
    expect(await reasonOf(other.user.caller.agent.avatar({ id: agentId }))).toBe('AVATAR_NOT_FOUND');
  });
});

describe('a hostile file', () => {
  test('each of at least 40 kinds of hostile file is refused, and the previous picture stays', async () => {
    await team.admin.caller.agent.setAvatar(form(picture.png));
    const before = await team.user.caller.agent.avatar({ id: agentId });
    const files = Object.entries(hostileFiles());
    expect(files.length).toBeGreaterThanOrEqual(40);
    for (const [kind, bytes] of files) {
      const reason = await reasonOf(team.admin.caller.agent.setAvatar(form(bytes)));
      expect(['INVALID_AVATAR', 'AVATAR_TOO_LARGE'], kind).toContain(reason);
    }
    expect(await team.user.caller.agent.avatar({ id: agentId })).toEqual(before);
  });

  test('an animated WebP is refused', async () => {
    const frames = await Promise.all(
      ['#f00', '#0f0'].map((background) =>
        sharp({ create: { width: 8, height: 8, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const moving = await sharp(frames, { join: { animated: true } })
      .webp()
      .toBuffer();
    expect(await reasonOf(team.admin.caller.agent.setAvatar(form(moving)))).toBe('INVALID_AVATAR');
  });

  test('the refusal of a file names no library and no path', async () => {
    for (const bytes of Object.values(hostileFiles())) {
      const error: unknown = await encodeAvatar(bytes).catch((caught: unknown) => caught);
      expect(String(error)).not.toMatch(/vips|libpng|webp2|\/tmp|sharp/i);
    }
  });

  test('an avatar that is not a file is refused as invalid input', async () => {
    const data = new FormData();
    data.set('id', agentId);
    data.set('avatar', 'text');
    expect(await reasonOf(team.admin.caller.agent.setAvatar(data))).toContain('must be a file');
  });
});
