/** Few enough to be looked through one by one faster than a Set can be made. */
const MAX_LISTED = 16;

/** The objects of one value. */
export class SeenObjects {
  readonly #listed: object[] = [];
  #others: Set<object> | undefined;

  /** Gives false where it has been added before. */
  add(value: object): boolean {
    if (this.#listed.includes(value)) return false;
    if (this.#listed.length < MAX_LISTED) {
      this.#listed.push(value);
      return true;
    }
    this.#others ??= new Set();
    const { size } = this.#others;
    return this.#others.add(value).size > size;
  }
}
