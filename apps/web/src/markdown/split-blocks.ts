// Splits Markdown into its top-level blocks by looking at lines alone. Each block is parsed and rendered by itself, so that
// a growing answer parses its last block only, and a continued split starts at that block.

export type Block =
  /** Ordinary Markdown, such as a paragraph or a list. */
  | { type: 'text'; start: number; text: string }
  | { type: 'code'; start: number; info: string; code: string; isClosed: boolean }
  | { type: 'math'; start: number; formula: string; isClosed: boolean }
  | { type: 'footnote'; start: number; label: string; text: string };

export interface Split {
  source: string;
  blocks: Block[];
}

/** A display formula that has no end within this distance is text. */
const MAX_FORMULA_CHARS = 5_000;
/** A block of text is cut here: the cost of parsing grows faster than its length. */
export const MAX_TEXT_CHARS = 20_000;

const FENCE = /^( {0,3})(`{3,}(?=[^`]*$)|~{3,})[ \t]*(.*)$/;
const FORMULA = /^ {0,3}(\$\$|\\\[)/;
const FOOTNOTE = /^\[\^([^\]\s]{1,100})\]:[ \t]*/;
const LIST_ITEM = /^ {0,3}(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)/;
const MARKDOWN = /^(?:markdown|md|mdx)\b/i;

/**
 * @param previous the split of an earlier state of the source
 * @param isComplete whether nothing will follow, so that an unclosed block stays unclosed
 */
export function splitBlocks(source: string, previous: Split | undefined, isComplete: boolean): Split {
  const kept =
    previous !== undefined && source.startsWith(previous.source) ? previous.blocks.slice(0, -1) : [];
  const next = previous !== undefined && kept.length > 0 ? previous.blocks.at(-1) : undefined;
  const splitter = new Splitter(source, isComplete, next === undefined ? 0 : next.start);
  return { source, blocks: [...(next === undefined ? [] : kept), ...splitter.split()] };
}

class Splitter {
  readonly #source: string;
  readonly #isComplete: boolean;
  readonly #blocks: Block[] = [];
  #at: number;
  /** Where the block of text began that is being read. */
  #textStart: number | undefined;
  /** The next end of a formula, by its mark. A search once per end keeps the split linear. */
  readonly #formulaEnds = new Map<string, number>();
  /** Whether a fence of Markdown has no end if others nest in it: then no later one has. */
  #hasNoNestedEnd = false;
  /** The number of open `<details>`: blank lines do not end their block. */
  #openDetails = 0;

  constructor(source: string, isComplete: boolean, at: number) {
    this.#source = source;
    this.#isComplete = isComplete;
    this.#at = at;
  }

  split(): Block[] {
    let isAfterBlank = true;
    let isList = false;
    while (this.#at < this.#source.length) {
      const start = this.#at;
      const line = this.#line(start);
      if (line.trim() === '') {
        isAfterBlank = true;
        this.#at = start + line.length + 1;
        continue;
      }
      const isIndented = /^[ \t]/.test(line);
      const canOpen = this.#openDetails === 0 && (!isIndented || !isList);
      if (canOpen && (this.#readCode(start, line) || this.#readFormula(start, line))) {
        isAfterBlank = true;
        isList = false;
        continue;
      }
      const isItem = LIST_ITEM.test(line);
      const isFootnote = FOOTNOTE.test(line);
      const isTooLong = this.#textStart !== undefined && start - this.#textStart > MAX_TEXT_CHARS;
      const isNew =
        isTooLong ||
        (this.#openDetails === 0 && (isFootnote || (isAfterBlank && !isIndented && !(isList && isItem))));
      if (isNew) this.#endText(start);
      if (this.#textStart === undefined) {
        this.#textStart = start;
        isList = isItem;
      }
      this.#countDetails(line);
      isAfterBlank = false;
      this.#at = start + line.length + 1;
    }
    this.#endText(this.#source.length);
    return this.#blocks;
  }

  #line(start: number): string {
    const end = this.#source.indexOf('\n', start);
    return this.#source.slice(start, end === -1 ? this.#source.length : end);
  }

  #countDetails(line: string): void {
    if (!line.includes('details')) return;
    const opened = line.match(/<details[\s>]/gi)?.length ?? 0;
    const closed = line.match(/<\/details\s*>/gi)?.length ?? 0;
    this.#openDetails = Math.max(0, this.#openDetails + opened - closed);
  }

  #endText(end: number): void {
    if (this.#textStart === undefined) return;
    const start = this.#textStart;
    this.#textStart = undefined;
    this.#openDetails = 0;
    const text = this.#source.slice(start, end).trimEnd();
    const footnote = FOOTNOTE.exec(text);
    const label = footnote?.[1];
    if (footnote === null || label === undefined) {
      for (let at = 0; at < text.length; at += MAX_TEXT_CHARS)
        this.#blocks.push({ type: 'text', start: start + at, text: text.slice(at, at + MAX_TEXT_CHARS) });
      return;
    }
    const content = text.slice(footnote[0].length, MAX_TEXT_CHARS).replaceAll(/\n {1,4}/g, '\n');
    this.#blocks.push({ type: 'footnote', start, label, text: content });
  }

  #readCode(start: number, line: string): boolean {
    const fence = FENCE.exec(line);
    if (fence === null) return false;
    const [, indent = '', marks = '', info = ''] = fence;
    const from = start + line.length + 1;
    const canNest = MARKDOWN.test(info) && !this.#hasNoNestedEnd;
    const nestedEnd = canNest ? this.#findFenceEnd(from, marks, true) : undefined;
    this.#hasNoNestedEnd ||= canNest && nestedEnd === undefined;
    const end = nestedEnd ?? this.#findFenceEnd(from, marks, false);
    this.#endText(start);
    const code = this.#source.slice(from, end?.start ?? this.#source.length).replace(/\n$/, '');
    this.#blocks.push({
      type: 'code',
      start,
      info: info.trim(),
      code: indent === '' ? code : code.replaceAll(new RegExp(`^ {0,${indent.length}}`, 'gm'), ''),
      isClosed: end !== undefined,
    });
    this.#at = end?.end ?? this.#source.length;
    return true;
  }

  /**
   * CommonMark ends a fence at the next fence of the same length. Models also write Markdown with fences inside a Markdown
   * fence of the same length: with `isNested`, a fence with a language opens an inner fence, and the next bare fence closes it.
   */
  #findFenceEnd(from: number, marks: string, isNested: boolean): { start: number; end: number } | undefined {
    const [mark = '`'] = marks;
    const pattern = new RegExp(`^ {0,3}${mark}{${marks.length},}[ \\t]*(\\S*)`);
    let depth = 0;
    for (let start = from; start < this.#source.length;) {
      const line = this.#line(start);
      const language = line.includes(marks) ? pattern.exec(line)?.[1] : undefined;
      if (language === '' && depth === 0) return { start, end: start + line.length + 1 };
      if (language === '') depth -= 1;
      else if (isNested && language !== undefined && /^[\w+#.-]+$/.test(language)) depth += 1;
      start += line.length + 1;
    }
    // While the answer grows, the end may still come.
    return isNested && !this.#isComplete
      ? { start: this.#source.length, end: this.#source.length }
      : undefined;
  }

  #readFormula(start: number, line: string): boolean {
    const opening = FORMULA.exec(line);
    if (opening === null) return false;
    const closing = opening[1] === '$$' ? '$$' : String.raw`\]`;
    const from = start + opening[0].length;
    // The inline syntax reads a formula within a line.
    if (line.indexOf(closing, opening[0].length) !== -1) return false;
    const end = this.#findFormulaEnd(closing, from);
    const isClosed = end < this.#source.length;
    if (end - from > MAX_FORMULA_CHARS || (!isClosed && this.#isComplete)) return false;
    this.#endText(start);
    this.#blocks.push({ type: 'math', start, formula: this.#source.slice(from, end).trim(), isClosed });
    this.#at = end + closing.length;
    return true;
  }

  /** The length of the source if there is none. */
  #findFormulaEnd(closing: string, from: number): number {
    const known = this.#formulaEnds.get(closing) ?? -1;
    if (known >= from) return known;
    const found = this.#source.indexOf(closing, from);
    const end = found === -1 ? this.#source.length : found;
    this.#formulaEnds.set(closing, end);
    return end;
  }
}
