// An async iterator that opens its source on the first `next()` and adds no cost to the items after that.
export class DeferredIterator<Item> implements AsyncIterableIterator<Item, undefined> {
  readonly #open: () => Promise<AsyncIterator<Item, undefined>>;
  readonly #onLeft: (() => void) | undefined;
  #opening: Promise<AsyncIterator<Item, undefined>> | undefined;
  #opened: AsyncIterator<Item, undefined> | undefined;
  #isLeft = false;

  /** @param onLeft called on `return()`; the source may report the same */
  constructor(open: () => Promise<AsyncIterator<Item, undefined>>, onLeft?: () => void) {
    this.#open = open;
    this.#onLeft = onLeft;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    return this.#opened === undefined ? this.#openThenNext() : this.#opened.next();
  }

  async return(_value?: unknown): Promise<IteratorResult<Item, undefined>> {
    this.#isLeft = true;
    this.#onLeft?.();
    // If the source is still opening, close it once it is open, even if no `next()` is waiting for it.
    const opened = await this.#opening;
    await opened?.return?.();
    return { done: true, value: undefined };
  }

  async #openThenNext(): Promise<IteratorResult<Item, undefined>> {
    if (this.#isLeft) return { done: true, value: undefined };
    this.#opening ??= this.#open();
    this.#opened = await this.#opening;
    return this.#opened.next();
  }
}
