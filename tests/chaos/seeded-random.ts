// The source of all random decisions of a chaos run. Each part of the run has a separate stream from the same seed, so that its
// decisions do not depend on the speed of the others.

export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number;
  chance(probability: number): boolean;
  /** @throws Error if `items` is empty */
  pick<Item>(items: readonly Item[]): Item;
  /** Creates a separate stream for a part of the run. */
  fork(name: string): Random;
}

export function createRandom(seed: string): Random {
  // xmur3 and mulberry32, both in the public domain, which are small and sufficient here.
  let hash = 1779033703 ^ seed.length;
  for (let index = 0; index < seed.length; index += 1) {
    hash = Math.imul(hash ^ seed.charCodeAt(index), 3432918353);
    hash = (hash << 13) | (hash >>> 19);
  }
  let state = hash >>> 0;

  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick<Item>(items: readonly Item[]): Item {
      const item = items[between(0, items.length - 1)];
      if (item === undefined) throw new Error('There are no items to choose from.');
      return item;
    },
    fork: (name) => createRandom(`${seed}/${name}`),
  };
}
