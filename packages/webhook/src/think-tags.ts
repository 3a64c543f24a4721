// Separates what a model thinks aloud from what it says. Many models write their reasoning into the text, as
// `<think>...</think>`, and some chat templates omit the first tag. Tags in code are text.

/** Receives what the tags separate, in order. */
export interface Words {
  text(text: string): void;
  reasoning(text: string): void;
  endReasoning(): void;
  /** The text since the segment began was reasoning. */
  withdraw(): void;
}

const NAMES = ['think', 'thinking', 'reasoning', 'thought'];
const TAGS = NAMES.flatMap((name) => [`<${name}>`, `</${name}>`]);
const TAG = new RegExp(`<(/?)(?:${NAMES.join('|')})>`, 'iy');
const CLOSING_TAG = new RegExp(`</(?:${NAMES.join('|')})>`, 'iy');
const MAX_TAG_CHARS = Math.max(...TAGS.map((tag) => tag.length));
/** Reasoning that begins within a line is held back until it ends, and is text if it is longer. */
const MAX_UNSURE_CHARS = 262_144;

const LINE_BREAK = 0x0a;
const LESS_THAN = 0x3c;
const BACKTICK = 0x60;
const TILDE = 0x7e;

/** Code in Markdown: from a run of marks to a run that closes it. */
interface Code {
  mark: number;
  length: number;
  isFence: boolean;
}

export class ThinkTags {
  readonly #words: Words;
  // The start of a tag at the end of the text so far.
  #cut = '';
  #isThinking = false;
  // Reasoning whose first tag stands within a line. Without a last tag it is text that names the tag.
  #unsure: string | undefined;
  #hasSpoken = false;
  #hasThought = false;
  // Whether a last tag without a first one has come: the text before is reasoning if more text follows.
  #isUnopened = false;
  #isLineBlank = true;
  #code: Code | undefined;
  #run: Code | undefined;

  constructor(words: Words) {
    this.#words = words;
  }

  push(text: string): void {
    if (!this.#isThinking && this.#cut === '' && this.#run === undefined && this.#readPlain(text)) return;
    const whole = this.#cut + text;
    this.#cut = '';
    for (let at = 0; at < whole.length;) {
      at = this.#isThinking ? this.#readReasoning(whole, at) : this.#readText(whole, at);
    }
  }

  /** Ends the segment. What was held back is text. */
  end(): void {
    const rest = (this.#unsure ?? '') + this.#cut;
    const isText = !this.#isThinking || this.#unsure !== undefined;
    this.#cut = '';
    this.#unsure = undefined;
    if (isText) this.#say(rest);
    else this.#think(rest);
    if (this.#isThinking && !isText) this.#words.endReasoning();
    this.#isThinking = this.#hasSpoken = this.#hasThought = this.#isUnopened = false;
    this.#isLineBlank = true;
    this.#code = this.#run = undefined;
  }

  /** Reads text without tags and code, as almost all tokens are. @returns false for other text */
  #readPlain(text: string): boolean {
    const lineStart = plainLineStart(text);
    if (lineStart === -1) return false;
    if (lineStart > 0) this.#endLine();
    if (this.#isLineBlank) this.#isLineBlank = isBlank(text, lineStart);
    this.#say(text);
    return true;
  }

  /** @returns the index at which the text goes on after a tag */
  #readText(text: string, start: number): number {
    for (let at = start; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (this.#run !== undefined) {
        if (unit === this.#run.mark) {
          this.#run.length++;
          continue;
        }
        this.#endRun(this.#run);
      }
      if (unit === BACKTICK || unit === TILDE) {
        this.#run = { mark: unit, length: 1, isFence: this.#isLineBlank };
        this.#isLineBlank = false;
      } else if (unit === LINE_BREAK) {
        this.#endLine();
      } else if (unit === LESS_THAN && this.#code === undefined) {
        const end = this.#readTag(text, start, at);
        if (end !== undefined) return end;
        this.#isLineBlank = false;
      } else if (this.#isLineBlank && !isSpace(unit)) {
        this.#isLineBlank = false;
      }
    }
    this.#say(text.slice(start));
    return text.length;
  }

  /** @returns the index after the tag at `at`, or after the start of one at the end of the text; undefined if there is none */
  #readTag(text: string, start: number, at: number): number | undefined {
    TAG.lastIndex = at;
    const [tag, slash] = TAG.exec(text) ?? [];
    if (tag === undefined) {
      if (!mayStartTag(text, at)) return undefined;
      this.#say(text.slice(start, at));
      this.#cut = text.slice(at);
      return text.length;
    }
    this.#say(text.slice(start, at));
    if (slash === '') {
      this.#isThinking = true;
      if (!this.#isLineBlank) this.#unsure = tag;
    } else if (this.#hasSpoken && !this.#hasThought) {
      this.#isUnopened = true;
    }
    return at + tag.length;
  }

  #readReasoning(text: string, start: number): number {
    const limit = this.#unsure === undefined ? Infinity : start + MAX_UNSURE_CHARS - this.#unsure.length;
    for (let at = text.indexOf('</', start); at !== -1 && at < limit; at = text.indexOf('</', at + 1)) {
      CLOSING_TAG.lastIndex = at;
      const [tag] = CLOSING_TAG.exec(text) ?? [];
      if (tag === undefined) continue;
      const unsure = this.#unsure?.slice(this.#unsure.indexOf('>') + 1) ?? '';
      this.#unsure = undefined;
      this.#think(unsure + text.slice(start, at));
      this.#words.endReasoning();
      this.#hasThought = this.#isLineBlank = true;
      this.#isThinking = false;
      return at + tag.length;
    }
    if (this.#unsure !== undefined && text.length >= limit) {
      this.#say(this.#unsure + text.slice(start, limit));
      this.#unsure = undefined;
      this.#isThinking = false;
      return limit;
    }
    const last = text.lastIndexOf('<');
    const end = last >= start && mayStartTag(text, last) ? last : text.length;
    this.#cut = text.slice(end);
    if (this.#unsure === undefined) this.#think(text.slice(start, end));
    else this.#unsure += text.slice(start, end);
    return text.length;
  }

  #say(text: string): void {
    if (text === '') return;
    if (!this.#hasSpoken || this.#isUnopened) {
      const isSaid = !isBlank(text, 0);
      if (isSaid && this.#isUnopened) {
        this.#isUnopened = false;
        this.#hasThought = true;
        this.#words.withdraw();
      }
      this.#hasSpoken ||= isSaid;
    }
    this.#words.text(text);
  }

  #think(text: string): void {
    if (text === '') return;
    this.#hasThought = true;
    this.#words.reasoning(text);
  }

  /** Code in a line ends with it at the latest; a stray mark must not hide a tag for ever. */
  #endLine(): void {
    this.#isLineBlank = true;
    if (this.#code?.isFence === false) this.#code = undefined;
  }

  #endRun(run: Code): void {
    this.#run = undefined;
    const isFence = run.isFence && run.length >= 3;
    const code = this.#code;
    if (code === undefined) {
      if (isFence || run.mark === BACKTICK) this.#code = { ...run, isFence };
    } else if (
      code.mark === run.mark &&
      (code.isFence ? isFence && run.length >= code.length : run.length === code.length)
    ) {
      this.#code = undefined;
    }
  }
}

function mayStartTag(text: string, at: number): boolean {
  if (text.length - at >= MAX_TAG_CHARS) return false;
  const start = text.slice(at).toLowerCase();
  return TAGS.some((tag) => tag.startsWith(start));
}

function isBlank(text: string, start: number): boolean {
  for (let at = start; at < text.length; at++) if (!isSpace(text.charCodeAt(at))) return false;
  return true;
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || (unit >= 9 && unit <= 13) || unit === 0xa0;
}

/** The start of the last line of a text; -1 for a text that can contain a tag or code. */
function plainLineStart(text: string): number {
  // Native searches read a long text ten times as fast as a loop, and cost more than the loop for a token.
  if (text.length > 64) {
    const hasMarks = text.includes('<') || text.includes('`') || text.includes('~');
    return hasMarks ? -1 : text.lastIndexOf('\n') + 1;
  }
  let lineStart = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === LESS_THAN || unit === BACKTICK || unit === TILDE) return -1;
    if (unit === LINE_BREAK) lineStart = at + 1;
  }
  return lineStart;
}
