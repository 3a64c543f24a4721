// Splits text into lines as it arrives. The pieces of an incomplete line are joined only once, so that a long line in many small
// reads is not copied at every read.

export class LineSplitter {
  #pieces: string[] = [];
  #restChars = 0;

  /** Length of the incomplete line. */
  get restChars(): number {
    return this.#restChars;
  }

  /** The pieces of the incomplete line. */
  get rest(): readonly string[] {
    return this.#pieces;
  }

  push(text: string, onLine: (line: string) => void): void {
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      const line = text.slice(start, end);
      start = end + 1;
      onLine(this.#pieces.length === 0 ? line : this.takeRest() + line);
    }
    if (start < text.length) {
      const rest = text.slice(start);
      this.#pieces.push(rest);
      this.#restChars += rest.length;
    }
  }

  takeRest(): string {
    const rest = this.#pieces.join('');
    this.#pieces = [];
    this.#restChars = 0;
    return rest;
  }
}
