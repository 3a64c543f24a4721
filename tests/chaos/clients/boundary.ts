// The places at which a connection is cut. Each leaves the receiver with a different kind of incomplete data.

export const boundaries = [
  /** Before the first byte. */
  'connect',
  /** In the request line, the headers or the body. */
  'in-request',
  /** After the server has received the request. */
  'before-response',
  'in-response-head',
  'between-frames',
  'in-frame',
  /** Between an event's data and its id. */
  'before-id',
  /** Within the bytes of one character. */
  'in-character',
  /** Between the terminal event and the frame that ends the stream. */
  'before-return',
  /** After a number of milliseconds. */
  'any-time',
  /** The connection stays open without data, and is reset later. */
  'silence',
] as const;

export type Boundary = (typeof boundaries)[number];

/** The cut of one connection. `count` is a number of frames, bytes or milliseconds, depending on the boundary. */
export interface CutPlan {
  boundary: Boundary;
  count: number;
  /** Whether the connection is reset; otherwise it is closed, as by a proxy that shuts down. */
  isReset: boolean;
}

const FRAME_END = Buffer.from('\n\n\n');
const HEAD_END = Buffer.from('\r\n\r\n');

/** Watches a response. Returns the number of bytes of each chunk that pass before the cut, or -1 if all of them pass. */
export function createResponseCutter({ boundary, count }: CutPlan): (chunk: Buffer) => number {
  let bytes = 0;
  let frames = 0;
  let isInBody = false;

  return (chunk) => {
    const before = bytes;
    bytes += chunk.length;
    if (boundary === 'before-response') return 0;
    if (boundary === 'in-response-head')
      return before + chunk.length > count ? Math.max(0, count - before) : -1;

    let from = 0;
    if (!isInBody) {
      const headEnd = chunk.indexOf(HEAD_END);
      if (headEnd === -1) return -1;
      isInBody = true;
      from = headEnd + HEAD_END.length;
    }
    if (boundary === 'before-return') return chunk.indexOf('event: return', from);
    while (frames < count) {
      const end = chunk.indexOf(FRAME_END, from);
      if (end === -1) return -1;
      frames += 1;
      from = end + FRAME_END.length;
    }
    return cutAfter(chunk, from, boundary);
  };
}

function cutAfter(chunk: Buffer, from: number, boundary: Boundary): number {
  switch (boundary) {
    case 'between-frames':
      return from;
    case 'in-frame': {
      // After the chunk's length and a part of the data, but not at its end.
      const at = chunk.indexOf('data: ', from);
      return at === -1 ? -1 : Math.min(at + 10, chunk.length - 1);
    }
    case 'before-id': {
      const at = chunk.indexOf('\nid: ', from);
      return at === -1 ? -1 : at + 1;
    }
    case 'in-character': {
      const at = chunk.findIndex((byte, index) => index >= from && byte >= 0xc0);
      return at === -1 ? -1 : at + 1;
    }
    default:
      return -1;
  }
}
