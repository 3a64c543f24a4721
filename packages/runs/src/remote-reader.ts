// Follows a run of another instance through its copies. A copy that was cut to free memory is continued by the next one.
import type { RunLogReader } from './run-log-reader.ts';

export class RemoteReader<Item> implements AsyncIterator<Item, undefined> {
  readonly #openNext: (afterSeq: number) => RunLogReader<Item>;
  #reader: RunLogReader<Item>;
  #isLeft = false;

  /** @param openNext opens a copy of the events after this seq */
  constructor(reader: RunLogReader<Item>, openNext: (afterSeq: number) => RunLogReader<Item>) {
    this.#reader = reader;
    this.#openNext = openNext;
  }

  async next(): Promise<IteratorResult<Item, undefined>> {
    let result = await this.#reader.next();
    while (result.done === true && this.#reader.isCut && !this.#isLeft) {
      this.#reader = this.#openNext(this.#reader.seq);
      result = await this.#reader.next();
    }
    return result;
  }

  return(): Promise<IteratorResult<Item, undefined>> {
    this.#isLeft = true;
    return this.#reader.return();
  }
}
