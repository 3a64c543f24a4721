// The plan of a run: the same for the same seed, and enough in it however short the run is.
import { describe, expect, test } from 'vitest';
import { faultKinds, readOptions } from '../options.ts';
import { createRandom } from '../seeded-random.ts';
import { planFaults, type Fault } from './plan-faults.ts';

function plan(seed: string, args: string[]): Fault[] {
  const options = readOptions(args);
  const { durationMs, instances: slots } = options;
  return planFaults({ random: createRandom(seed), durationMs, slots, kinds: faultKinds(options) });
}

const seeds = Array.from({ length: 200 }, (_, index) => `seed ${index}`);

describe('a plan', () => {
  test('is the same for the same seed, and another for another', () => {
    expect(plan('a', [])).toEqual(plan('a', []));
    expect(plan('a', [])).not.toEqual(plan('b', []));
  });

  test.each([['--short'], ['--rounds=1'], ['--gentle']])('with %s has each kind of fault', (option) => {
    const kinds = faultKinds(readOptions([option])).toSorted();
    for (const seed of seeds) {
      const planned = new Set(plan(seed, [option]).map(({ type }) => type));
      expect([...planned].toSorted()).toEqual(kinds);
    }
  });

  test('of a short run is over soon: CI waits for it', () => {
    for (const seed of seeds) {
      for (const fault of plan(seed, ['--short'])) {
        const lastsMs = 'downMs' in fault ? fault.downMs : 'forMs' in fault ? fault.forMs : 0;
        expect(fault.atMs + lastsMs).toBeLessThan(25_000);
      }
    }
  });

  test('with a number of kills goes on for long enough to have them', () => {
    for (const seed of seeds) {
      const kills = plan(seed, ['--kills=50']).filter(({ type }) => type === 'kill');
      expect(kills.length).toBeGreaterThan(100);
    }
  });
});
