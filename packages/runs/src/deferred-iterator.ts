// An async iterator that is opened when the first item is asked for, and costs nothing between it and its items after.
export class DeferredIterator<Item> implements AsyncIterableIterator<Item, undefined> {
  readonly #open: () => Promise<AsyncIterator<Item, undefined>>;
  readonly #onLeft: (() => void) | undefined;
  #opening: Promise<AsyncIterator<Item, undefined>> | undefined;
  #opened: AsyncIterator<Item, undefined> | undefined;
  #isLeft = false;

  /** @param onLeft called when it is left; what was opened may have told the same */
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
    // What is being opened is left as soon as it is open, also where nobody waits for that.
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
