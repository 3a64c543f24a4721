// Where in a connection it is cut: between bytes that mean something different to whoever receives a half.

export const boundaries = [
  /** Before the first byte. */
  'connect',
  /** In the request line, the headers or the body. */
  'in-request',
  /** The server has it, and the client will not know. */
  'before-response',
  'in-response-head',
  'between-frames',
  'in-frame',
  /** Behind an event's data, before its id. */
  'before-id',
  /** Within the bytes of one character. */
  'in-character',
  /** Behind the terminal event, before the frame that says that the stream is complete. */
  'before-return',
  /** Whenever. */
  'any-time',
  /** The connection stays, and nothing comes through any more; later it is reset. */
  'silence',
] as const;

export type Boundary = (typeof boundaries)[number];

/** What is done to one connection. `count` frames, bytes or milliseconds, as the boundary wants it. */
export interface CutPlan {
  boundary: Boundary;
  count: number;
  /** By a reset or, as a proxy does that shuts down, in an orderly way. */
  isReset: boolean;
}

const FRAME_END = Buffer.from('\n\n\n');
const HEAD_END = Buffer.from('\r\n\r\n');

/** Watches what a server answers, and says how much of it may still go through: all (-1), or the bytes before the cut. */
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
      // Behind the chunk's length and some of the data, not at its end.
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
