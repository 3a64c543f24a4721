// The older events of a run, packed: adjacent pieces of text are one string. As objects, the events of an answer of small
// tokens take ten times the memory of its text.
import type { RunEvent } from './run-event.ts';

/** Text is packed into strings of up to this length. A longer piece stays alone. */
const MAX_BLOCK_CHARS = 64 * 1024;
/** An estimate of the memory of a block, besides its text and its ends. */
const BLOCK_BYTES = 300;

export interface EventBlock {
  /** The seq of the last event in this block. */
  lastSeq: number;
  /** The events of this block, merged into one. */
  event: RunEvent;
  /** Where the text of each event ends in the merged text; undefined for a single event. */
  ends: Uint32Array | undefined;
  bytes: number;
}

/** The text of an event; empty if it has none. */
export function textOf(event: RunEvent): string {
  return event.type === 'message' ? event.data.content : '';
}

/** Whether the text of `next` can be appended to that of `event`. */
export function canMerge(event: RunEvent, next: RunEvent): boolean {
  return event.type === 'message' && next.type === 'message' && next.data.reset !== true;
}

/** The event with another text. */
export function withText(event: RunEvent, content: string): RunEvent {
  return event.type === 'message' ? { type: 'message', data: { ...event.data, content } } : event;
}

/** Packs events, of which the first follows `afterSeq`. */
export function packEvents(events: readonly RunEvent[], afterSeq: number): EventBlock[] {
  const blocks: EventBlock[] = [];
  let seq = afterSeq;
  let chars = 0;
  let stretch: RunEvent[] = [];
  for (const event of events) {
    const [first] = stretch;
    const added = textOf(event).length;
    if (first !== undefined && (!canMerge(first, event) || chars + added > MAX_BLOCK_CHARS)) {
      blocks.push(packStretch(first, stretch, seq));
      stretch = [];
      chars = 0;
    }
    stretch.push(event);
    chars += added;
    seq += 1;
  }
  const [first] = stretch;
  if (first !== undefined) blocks.push(packStretch(first, stretch, seq));
  return blocks;
}

function packStretch(first: RunEvent, stretch: readonly RunEvent[], lastSeq: number): EventBlock {
  const ends = new Uint32Array(stretch.length);
  let text = '';
  let count = 0;
  for (const event of stretch) {
    text += textOf(event);
    ends[count++] = text.length;
  }
  const bytes = BLOCK_BYTES + bytesOf(text);
  if (count === 1) return { lastSeq, event: first, ends: undefined, bytes };
  return { lastSeq, event: withText(first, text), ends, bytes: bytes + ends.byteLength };
}

/** The events of a block after a seq, merged into one. */
export function restOfBlock(block: EventBlock, afterSeq: number): RunEvent {
  const { event, ends } = block;
  const skipped = countUpTo(block, afterSeq);
  return skipped === 0 ? event : deltaOf(event, textOf(event).slice(ends?.[skipped - 1]));
}

/** The events of a block after a seq, unmerged. */
export function unpackBlock(block: EventBlock, afterSeq: number): RunEvent[] {
  const { event, ends } = block;
  if (ends === undefined) return [event];
  const text = textOf(event);
  const unpacked: RunEvent[] = [];
  for (let index = countUpTo(block, afterSeq); index < ends.length; index += 1) {
    const content = text.slice(index === 0 ? 0 : ends[index - 1], ends[index]);
    unpacked.push(index === 0 ? withText(event, content) : deltaOf(event, content));
  }
  return unpacked;
}

/** The number of a block's events up to a seq. */
function countUpTo({ ends, lastSeq }: EventBlock, seq: number): number {
  return ends === undefined ? 0 : Math.max(0, ends.length - (lastSeq - seq));
}

/** A later piece of an event's text. */
function deltaOf(event: RunEvent, content: string): RunEvent {
  return event.type === 'message' ? { type: 'message', data: { content } } : event;
}

/**
 * V8 stores a character in one byte, or all characters of a string in two if one of them needs that. The test also makes the
 * string flat, so that it does not hold on to its pieces.
 */
function bytesOf(text: string): number {
  // eslint-disable-next-line no-control-regex
  return /[^\0-\xff]/.test(text) ? 2 * text.length : text.length;
}
