// A plan of faults depends on the seed alone, and has enough faults even for a short run.
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

describe('planFaults', () => {
  test('equal seeds give equal plans, and different seeds give different plans', () => {
    expect(plan('a', [])).toEqual(plan('a', []));
    expect(plan('a', [])).not.toEqual(plan('b', []));
  });

  test.each([['--short'], ['--rounds=1'], ['--gentle']])(
    'a plan with %s has each kind of fault',
    (option) => {
      const kinds = faultKinds(readOptions([option])).toSorted();
      for (const seed of seeds) {
        const planned = new Set(plan(seed, [option]).map(({ type }) => type));
        expect([...planned].toSorted()).toEqual(kinds);
      }
    },
  );

  test('the faults of a short run are over within 25 s', () => {
    for (const seed of seeds) {
      for (const fault of plan(seed, ['--short'])) {
        const lastsMs = 'downMs' in fault ? fault.downMs : 'forMs' in fault ? fault.forMs : 0;
        expect(fault.atMs + lastsMs).toBeLessThan(25_000);
      }
    }
  });

  test('a plan with --kills has more than twice that many kills', () => {
    for (const seed of seeds) {
      const kills = plan(seed, ['--kills=50']).filter(({ type }) => type === 'kill');
      expect(kills.length).toBeGreaterThan(100);
    }
  });
});
