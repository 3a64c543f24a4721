// Orders the texts of an n8n stream. Each item in each run of a node has a separate text. Nodes follow one another. The items of
// a node may interleave: the first one is shown while it arrives, and the others wait until it has ended. A retry withdraws text
// that is already shown; a reset with the whole text then corrects it.

import type { AnswerParts } from '../answer-parts.ts';
import type { AnswerText } from '../answer-text.ts';
import { answerTooLarge } from '../failures/answer-failures.ts';
import { ThinkTags } from '../think-tags.ts';
import type { N8nFrame } from './n8n-frame.ts';
import { isSame, isSpace } from './same-text.ts';

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
  /** A first item that is JSON: a value if nothing follows it, and text otherwise. */
  held: { text: string; value: unknown } | undefined;
  /** The text so far of a node that does not answer, and the name of its part. */
  aside: { call: string; text: string } | undefined;
  /** Separates what its model thinks from what it says. */
  tags: ThinkTags;
}

/** A part of a slot's text that no other node's text interrupts. */
interface Part {
  slot: Slot;
  index: number;
  /** The text of the earlier turns; a turn ends with a tool call. */
  before: string;
  /** The text of the last turn. */
  turn: string;
  /** Whether the next text is a new paragraph, unless there is white space between the two. */
  isJoint: boolean;
  endsInSpace: boolean;
  /** Whether the part so far repeats an earlier text, and therefore is not shown. */
  isRepeat: boolean;
}

export class N8nTexts {
  readonly slots: Slot[] = [];
  readonly #answer: AnswerText;
  readonly #thoughts: AnswerParts;
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

  constructor(answer: AnswerText, thoughts: AnswerParts, maxTextBytes: number) {
    this.#answer = answer;
    this.#thoughts = thoughts;
    this.#maxChars = MAX_KEPT_PER_TEXT * maxTextBytes;
  }

  slotOf(frame: N8nFrame): Slot {
    const { nodeId, nodeName, runIndex, itemIndex } = frame;
    const last = this.#last;
    if (last?.nodeId === nodeId && last.runIndex === runIndex && last.itemIndex === itemIndex) return last;
    const key = `${runIndex}/${itemIndex}/${nodeId}`;
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      const added: Slot = {
        nodeId,
        nodeName,
        runIndex,
        itemIndex,
        isOpen: false,
        lastAt: 0,
        begunAt: 0,
        textAt: 0,
        parts: [],
        held: undefined,
        aside: undefined,
        tags: this.#tagsOf(() => added, key),
      };
      slot = added;
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
    const { before, turn } = this.#currentPart(slot);
    return before === '' && turn === '';
  }

  /** Starts another turn of the same work. */
  beginTurn(slot: Slot): void {
    slot.tags.end();
    const part = this.#currentPart(slot);
    part.before += part.turn;
    part.turn = '';
    part.isJoint = true;
  }

  /** Restarts the work of a slot and withdraws its text. */
  restart(slot: Slot): void {
    slot.tags.end();
    let wasShown = false;
    for (const part of slot.parts) {
      wasShown = this.#dropTurn(part) || wasShown;
      part.turn = part.before;
      part.before = '';
      wasShown = this.#dropTurn(part) || wasShown;
    }
    if (wasShown) this.#rewrite();
  }

  append(slot: Slot, text: string): void {
    slot.tags.push(text);
  }

  #tagsOf(slot: () => Slot, slotKey: string): ThinkTags {
    return new ThinkTags({
      text: (text) => this.#say(slot(), text),
      reasoning: (text) => this.#thoughts.think(text, slotKey),
      endReasoning: () => {
        this.#thoughts.endThinking(slotKey);
        this.#currentPart(slot()).isJoint = true;
      },
      withdraw: () => this.#withdraw(slot(), slotKey),
    });
  }

  /** The text of the last turn was reasoning. */
  #withdraw(slot: Slot, slotKey: string): void {
    const part = this.#currentPart(slot);
    const thought = part.turn;
    part.isJoint = true;
    if (this.#dropTurn(part)) this.#rewrite();
    this.#thoughts.think(thought, slotKey);
    this.#thoughts.endThinking(slotKey);
  }

  /** @returns whether the text is shown */
  #dropTurn(part: Part): boolean {
    const wasShown = part.turn !== '' && part.index <= this.#live && !part.isRepeat;
    this.#chars -= part.turn.length;
    part.turn = '';
    part.isRepeat = part.endsInSpace = false;
    return wasShown;
  }

  #say(slot: Slot, text: string): void {
    let part = this.#currentPart(slot);
    const shown = this.#parts[this.#live];
    if (part.index < this.#live && shown !== undefined && !isSameRun(part.slot, shown.slot)) {
      // Another node has written text since, so the slot continues below it.
      const above = part;
      part = this.#addPart(slot);
      if (above.isRepeat) {
        part.turn = textOf(above);
        above.before = above.turn = '';
      }
    }
    const wasRepeat = part.isRepeat;
    const isFirst = part.before === '' && part.turn === '';
    part.isRepeat = isFirst && this.#isSaidBefore(text, part);
    const isParagraph = part.isJoint && !isFirst && !part.endsInSpace && !isSpace(text.charCodeAt(0));
    const added = isParagraph ? `\n\n${text}` : text;
    part.isJoint = false;
    part.endsInSpace = isSpace(text.charCodeAt(text.length - 1));
    this.#chars += added.length;
    if (this.#chars > this.#maxChars) throw answerTooLarge();
    part.turn += added;
    if (part.index > this.#live) this.#advance();
    else if (part.index < this.#live) this.#isStale = true;
    else if (!part.isRepeat) this.#answer.append(wasRepeat ? textOf(part) : added);
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
    const part: Part = {
      slot,
      index: this.#parts.length,
      before: '',
      turn: '',
      isJoint: false,
      endsInSpace: false,
      isRepeat: false,
    };
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
    if (part === undefined || part.isRepeat) return;
    const text = textOf(part);
    if (text !== '') this.#answer.append(text);
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
      if (isOther(said) && (isSame(textOf(said), wanted) || isSame(said.turn, wanted))) return true;
    }
    const said = this.#chars;
    if (said < wanted.length / 2 || said > 2 * wanted.length + 64) return false;
    const all = this.#parts.map((one) => (one.isRepeat || !isOther(one) ? '' : textOf(one)));
    return isSame(all.join(' '), wanted);
  }
}

function textOf({ before, turn }: Part): string {
  return before + turn;
}

function isSameRun(one: Slot, other: Slot): boolean {
  return one.nodeId === other.nodeId && one.runIndex === other.runIndex;
}
