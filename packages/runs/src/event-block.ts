// The older events of a run, packed: adjacent pieces of text are one string. As objects, the events of an answer of small
// tokens take ten times the memory of its text.
import type { ReasoningDelta } from '@parley/webhook';
import type { RunEvent, RunPartEvent } from './run-event.ts';

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

/** The text of an event that more text can follow; empty if it has none. */
export function textOf(event: RunEvent): string {
  if (event.type === 'message') return event.data.content;
  return isDelta(event) ? event.data.delta : '';
}

/** Whether the text of `next` can be appended to that of `event`. */
export function canMerge(event: RunEvent, next: RunEvent): boolean {
  if (event.type === 'message')
    return next.type === 'message' && next.data.reset !== true && event.data.parts === undefined;
  return isDelta(event) && isDelta(next) && event.data.id === next.data.id;
}

/** Whether `next`, the event after `event`, makes it superfluous: it has a newer state of the same part. */
export function isReplacedBy(event: RunEvent, next: RunEvent): boolean {
  return event.type === 'part' && next.type === 'part' && event.data.id === next.data.id && !isDelta(next);
}

/** The event with another text. */
export function withText(event: RunEvent, text: string): RunEvent {
  if (event.type === 'message') return { type: 'message', data: { ...event.data, content: text } };
  return isDelta(event) ? { type: 'part', data: { ...event.data, delta: text } } : event;
}

/** An estimate of the length of an event in characters, and of half its memory in bytes. */
export function charsOf(event: RunEvent): number {
  return textOf(event).length + charsOfWholePart(event);
}

function charsOfWholePart(event: RunEvent): number {
  return event.type === 'part' && !isDelta(event) ? charsOfValue(event.data) : 0;
}

function charsOfValue(value: unknown): number {
  if (typeof value === 'string') return 8 + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let chars = 32;
  for (const [key, item] of Object.entries(value)) chars += key.length + 8 + charsOfValue(item);
  return chars;
}

function isDelta(event: RunEvent): event is RunPartEvent & { data: ReasoningDelta } {
  return event.type === 'part' && event.data.type === 'reasoning-delta';
}

/** Packs events, of which the first follows `afterSeq`. */
export function packEvents(events: readonly RunEvent[], afterSeq: number): EventBlock[] {
  const blocks: EventBlock[] = [];
  for (let start = 0; start < events.length;) {
    const block = packStretch(events, start, afterSeq);
    blocks.push(block);
    start = block.lastSeq - afterSeq;
  }
  return blocks;
}

/** Packs the event at `start` and those that can be merged with it. */
function packStretch(events: readonly RunEvent[], start: number, afterSeq: number): EventBlock {
  const first = events[start];
  if (first === undefined) throw new RangeError('There is no such event.');
  const ends = new Uint32Array(events.length - start);
  let text = textOf(first);
  ends[0] = text.length;
  let count = 1;
  const isToken = first.type === 'message' && first.data.parts === undefined;
  for (; start + count < events.length; count += 1) {
    const event = events[start + count];
    if (event === undefined) break;
    let added;
    // Almost all events are tokens.
    if (isToken && event.type === 'message' && event.data.reset !== true) added = event.data.content;
    else if (canMerge(first, event)) added = textOf(event);
    else break;
    if (text.length + added.length > MAX_BLOCK_CHARS) break;
    text += added;
    ends[count] = text.length;
  }
  const lastSeq = afterSeq + start + count;
  const bytes = BLOCK_BYTES + bytesOf(text) + 2 * charsOfWholePart(first);
  if (count === 1) return { lastSeq, event: first, ends: undefined, bytes };
  const packed = count === ends.length ? ends : ends.slice(0, count);
  return { lastSeq, event: withText(first, text), ends: packed, bytes: bytes + packed.byteLength };
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
  return event.type === 'message' ? { type: 'message', data: { content } } : withText(event, content);
}

/**
 * V8 stores a character in one byte, or all characters of a string in two if one of them needs that. The test also makes the
 * string flat, so that it does not hold on to its pieces.
 */
function bytesOf(text: string): number {
  // eslint-disable-next-line no-control-regex
  return /[^\0-\xff]/.test(text) ? 2 * text.length : text.length;
}
