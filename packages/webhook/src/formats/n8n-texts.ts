// Orders the texts of an n8n stream. Each item in each run of a node has a separate text. Nodes follow one another. The items of
// a node may interleave: the first one is shown while it arrives, and the others wait until it has ended. A retry withdraws text
// that is already shown; a reset with the whole text then corrects it.

import type { AnswerText } from '../answer-text.ts';
import { answerTooLarge } from '../failures/answer-failures.ts';
import type { N8nFrame } from './n8n-frame.ts';

// Far above the needs of any workflow. They bound the memory and time that a hostile stream can use.
const MAX_PARTS = 2_000;
const MAX_REWRITES = 500;
const MAX_KEPT_PER_TEXT = 4;
// A repeated answer repeats one of the latest parts.
const REPEATABLE_PARTS = 16;

/** One node's work on one item in one run. */
export interface Slot {
  nodeId: string;
  nodeName: string;
  runIndex: number;
  itemIndex: number;
  /** Whether it has begun and not ended. */
  isOpen: boolean;
  /** The numbers of its last frame, its last `begin` and its last frame with text; 0: none. */
  lastAt: number;
  begunAt: number;
  textAt: number;
  parts: Part[];
}

/** A part of a slot's text that no other node's text interrupts. */
interface Part {
  slot: Slot;
  index: number;
  text: string;
  /** The index at which the last turn, after a tool call, starts. */
  turnStart: number;
  /** Whether the part so far repeats an earlier text, and therefore is not shown. */
  isRepeat: boolean;
}

export class N8nTexts {
  readonly slots: Slot[] = [];
  readonly #answer: AnswerText;
  readonly #maxChars: number;
  readonly #slots = new Map<string, Slot>();
  #last: Slot | undefined;
  #parts: Part[] = [];
  // The index of the last part that is shown.
  #live = -1;
  #isStale = false;
  #rewrites = 0;
  // Of all parts, including those that are held back or not shown.
  #chars = 0;

  constructor(answer: AnswerText, maxTextBytes: number) {
    this.#answer = answer;
    this.#maxChars = MAX_KEPT_PER_TEXT * maxTextBytes;
  }

  slotOf(frame: N8nFrame): Slot {
    const { nodeId, nodeName, runIndex, itemIndex } = frame;
    const last = this.#last;
    if (last?.nodeId === nodeId && last.runIndex === runIndex && last.itemIndex === itemIndex) return last;
    const key = `${runIndex}/${itemIndex}/${nodeId}`;
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = {
        nodeId,
        nodeName,
        runIndex,
        itemIndex,
        isOpen: false,
        lastAt: 0,
        begunAt: 0,
        textAt: 0,
        parts: [],
      };
      this.slots.push(slot);
      this.#slots.set(key, slot);
      this.#addPart(slot);
      this.#advance();
    }
    this.#last = slot;
    return slot;
  }

  /** Whether the slot's current part has no text yet. A first item may be a whole answer. */
  isBlank(slot: Slot): boolean {
    return this.#currentPart(slot).text === '';
  }

  /** Starts another turn of the same work. */
  beginTurn(slot: Slot): void {
    const part = this.#currentPart(slot);
    part.turnStart = part.text.length;
  }

  /** Restarts the work of a slot and withdraws its text. */
  restart(slot: Slot): void {
    let wasShown = false;
    for (const part of slot.parts) {
      wasShown ||= part.index <= this.#live && part.text.trim() !== '' && !part.isRepeat;
      this.#chars -= part.text.length;
      part.text = '';
      part.turnStart = 0;
      part.isRepeat = false;
    }
    if (wasShown) this.#rewrite();
  }

  append(slot: Slot, text: string): void {
    this.#chars += text.length;
    if (this.#chars > this.#maxChars) throw answerTooLarge();
    let part = this.#currentPart(slot);
    const shown = this.#parts[this.#live];
    if (part.index < this.#live && shown !== undefined && !isSameRun(part.slot, shown.slot)) {
      // Another node has written text since, so the slot continues below it.
      const above = part;
      part = this.#addPart(slot);
      if (above.isRepeat) [part.text, above.text] = [above.text, ''];
    }
    const wasRepeat = part.isRepeat;
    part.isRepeat = part.text === '' && this.#isSaidBefore(text, part);
    part.text += text;
    if (part.index > this.#live) this.#advance();
    else if (part.index < this.#live) this.#isStale = true;
    else if (!part.isRepeat) this.#answer.append(wasRepeat ? part.text : text);
  }

  /** Must be called when a slot has ended. */
  settle(): void {
    if (this.#isStale) this.#rewrite();
    this.#advance();
  }

  /** Shows all parts that are held back. */
  flush(): void {
    this.settle();
    while (this.#live + 1 < this.#parts.length) this.#showNext();
  }

  #currentPart(slot: Slot): Part {
    return slot.parts.at(-1) ?? this.#addPart(slot);
  }

  #addPart(slot: Slot): Part {
    if (this.#parts.length >= MAX_PARTS) throw answerTooLarge();
    const part: Part = { slot, index: this.#parts.length, text: '', turnStart: 0, isRepeat: false };
    this.#parts.push(part);
    slot.parts.push(part);
    return part;
  }

  #advance(): void {
    for (;;) {
      const next = this.#parts[this.#live + 1];
      if (next === undefined) return;
      const current = this.#parts[this.#live];
      if (current?.slot.isOpen && isSameRun(current.slot, next.slot)) return;
      this.#showNext();
    }
  }

  #showNext(): void {
    this.#live++;
    this.#showPart(this.#parts[this.#live]);
  }

  #showPart(part: Part | undefined): void {
    this.#answer.separate();
    if (part !== undefined && !part.isRepeat && part.text !== '') this.#answer.append(part.text);
  }

  #rewrite(): void {
    if (++this.#rewrites > MAX_REWRITES) throw answerTooLarge();
    this.#isStale = false;
    this.#answer.reset();
    for (let index = 0; index <= this.#live; index++) this.#showPart(this.#parts[index]);
  }

  /**
   * Whether a text repeats an earlier one. Respond to Webhook often sends the whole answer again in one item after the agent has
   * streamed it. Equal items of one node are not repeats.
   */
  #isSaidBefore(text: string, part: Part): boolean {
    const wanted = text.trim();
    if (wanted === '') return false;
    const isOther = (said: Part) => said.slot.nodeId !== part.slot.nodeId;
    for (const said of this.#parts.slice(-REPEATABLE_PARTS)) {
      if (isOther(said) && (isSame(said.text, 0, wanted) || isSame(said.text, said.turnStart, wanted)))
        return true;
    }
    const said = this.#chars - text.length;
    if (said < wanted.length / 2 || said > 2 * wanted.length + 64) return false;
    const all = this.#parts.map((one) => (one.isRepeat || !isOther(one) ? '' : one.text));
    return isSame(all.join(' '), 0, wanted);
  }
}

/** Whether two texts are equal, apart from the lengths of their white space. `said` is compared from `start` on. */
function isSame(said: string, start: number, wanted: string): boolean {
  const chars = said.length - start;
  // Lengths come first: reading a text that has grown in pieces copies it.
  if (chars < wanted.length / 2 || chars >= 2 * wanted.length + 64) return false;
  let at = afterSpace(said, start);
  let wantedAt = afterSpace(wanted, 0);
  while (at < said.length && wantedAt < wanted.length) {
    if (said.charCodeAt(at) !== wanted.charCodeAt(wantedAt)) return false;
    at++;
    wantedAt++;
    const next = afterSpace(said, at);
    const nextWanted = afterSpace(wanted, wantedAt);
    const isEnd = next === said.length || nextWanted === wanted.length;
    if (!isEnd && next > at !== nextWanted > wantedAt) return false;
    at = next;
    wantedAt = nextWanted;
  }
  return at === said.length && wantedAt === wanted.length;
}

/** The index of the first character at or after `start` that is not white space. */
function afterSpace(text: string, start: number): number {
  let at = start;
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
}

function isSpace(unit: number): boolean {
  if (unit < 0xa0) return unit === 0x20 || (unit >= 9 && unit <= 13);
  return unit === 0xa0 || unit === 0x3000 || (unit >= 0x2000 && unit <= 0x200a);
}

function isSameRun(one: Slot, other: Slot): boolean {
  return one.nodeId === other.nodeId && one.runIndex === other.runIndex;
}
