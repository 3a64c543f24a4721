import { describe, expect, test } from 'vitest';
import { LogBudget, type RunShare } from '../src/log-budget.ts';

const { signal } = new AbortController();

/** A budget of 100 bytes that records what it did. */
function createBudget() {
  const did: string[] = [];
  const budget = new LogBudget(100, () => did.push('short'));
  return {
    budget,
    /** What the budget did since the last call. */
    did: () => did.splice(0),
    addRun: (name: string, bytes: number): RunShare => {
      const share = budget.addRun(() => did.push(`end ${name}`));
      share.count(bytes);
      return share;
    },
    addEnded: (name: string, bytes: number): void => {
      const share = budget.addRun(() => {});
      share.count(bytes);
      share.ended(() => did.push(`drop ${name}`));
    },
    addCopy: (name: string, bytes: number): void => {
      budget.addCopy(() => did.push(`cut ${name}`)).count(bytes);
    },
  };
}

/** Whether a promise has settled after all that can happen at once. */
async function isSettled(promise: Promise<unknown> | undefined): Promise<boolean> {
  const pending = Symbol('pending');
  const turn = new Promise((resolve) => setImmediate(() => resolve(pending)));
  const first = await Promise.race([promise?.catch(() => undefined), turn]);
  return first !== pending;
}

describe('LogBudget', () => {
  test('logs of ended runs are dropped first, oldest first, and only as many as it takes', () => {
    const { budget, did, addEnded, addCopy, addRun } = createBudget();
    addCopy('copy', 20);
    addEnded('first', 20);
    addEnded('second', 20);
    addRun('growing', 45);
    expect(did()).toEqual(['drop first']);
    expect(budget.bytes).toBe(85);
    expect(budget.isShort).toBe(false);
  });

  test('copies of other instances’ runs are dropped next, largest first, before any run is ended', () => {
    const { did, addEnded, addCopy, addRun } = createBudget();
    addCopy('small', 10);
    addCopy('large', 40);
    addEnded('ended', 10);
    addRun('growing', 80);
    expect(did()).toEqual(['drop ended', 'cut large']);
  });

  test('a copy that alone exceeds the budget is dropped', () => {
    const { budget, did, addCopy } = createBudget();
    addCopy('huge', 101);
    expect(did()).toEqual(['cut huge']);
    expect(budget.bytes).toBe(0);
    expect(budget.isShort).toBe(false);
  });

  test('the largest run is ended, one at a time, and the others wait until its memory is free', async () => {
    const { budget, did, addRun } = createBudget();
    const small = addRun('small', 20);
    const large = addRun('large', 50);
    expect(budget.room(signal)).toBeUndefined();
    small.count(51);
    expect(did()).toEqual(['short', 'end small']);
    const room = budget.room(signal);
    large.count(52);
    expect(await isSettled(room)).toBe(false);
    expect(did()).toEqual(['short']);

    small.ended(() => {});
    expect(await isSettled(room)).toBe(true);
    expect(budget.room(signal)).toBeUndefined();
    expect(did()).toEqual([]);
  });

  test('no run is ended while another one is being saved, which frees its memory', async () => {
    const { budget, did, addRun } = createBudget();
    const saving = addRun('saving', 60);
    saving.ending();
    const growing = addRun('growing', 41);
    const room = budget.room(signal);
    expect(did()).toEqual(['short']);
    expect(await isSettled(room)).toBe(false);
    saving.ended(() => {});
    expect(await isSettled(room)).toBe(true);
    growing.count(42);
    expect(budget.bytes).toBe(42);
  });

  test('a run that waits for room ends when its signal aborts', async () => {
    const { budget, addRun } = createBudget();
    const saving = addRun('saving', 60);
    saving.ending();
    addRun('growing', 41);
    const controller = new AbortController();
    const room = budget.room(controller.signal);
    controller.abort(new Error('stopped'));
    await expect(room).rejects.toThrow('stopped');
    await expect(budget.room(AbortSignal.abort(new Error('stopped before')))).rejects.toThrow(
      'stopped before',
    );
  });

  test('it stays short until the active runs leave a quarter of it free', () => {
    const { budget, addRun, addEnded } = createBudget();
    const one = addRun('one', 60);
    const two = addRun('two', 41);
    expect(budget.isShort).toBe(true);
    one.ended(() => {});
    two.count(76);
    expect(budget.isShort).toBe(true);
    two.count(75);
    addEnded('ended', 25);
    expect(budget.isShort).toBe(false);
    two.count(76);
    expect(budget.isShort).toBe(false);
  });

  test('a share that was released or dropped counts no more', () => {
    const { budget, addRun } = createBudget();
    const released = addRun('released', 60);
    released.release();
    released.count(1_000);
    released.release();
    const copy = budget.addCopy(() => {});
    copy.count(101);
    copy.count(102);
    expect(budget.bytes).toBe(0);
  });

  test('however many runs grow at once, each is complete or ended, the budget holds, and nothing stalls', async () => {
    for (const [runs, size, saveTurns] of [
      [2, 200, 1],
      [50, 30, 3],
      [200, 90, 0],
      [7, 16, 20],
    ] as const) {
      let peak = 0;
      const budget = new LogBudget(100);
      const grow = async (): Promise<string> => {
        const controller = new AbortController();
        const share = budget.addRun(() => controller.abort(new Error('OVERLOADED')));
        let end = 'complete';
        try {
          for (let bytes = 1; bytes <= size; bytes += 1) {
            share.count(bytes);
            peak = Math.max(peak, budget.bytes);
            controller.signal.throwIfAborted();
            await budget.room(controller.signal);
          }
        } catch {
          end = 'OVERLOADED';
        }
        share.ending();
        for (let turn = 0; turn < saveTurns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        share.ended(() => {});
        return end;
      };
      const ends = await Promise.all(Array.from({ length: runs }, grow));
      const complete = ends.filter((end) => end === 'complete').length;
      if (size > 100) expect(complete).toBe(0);
      else expect(complete, `of ${runs} runs of ${size} bytes`).toBeGreaterThan(0);
      // Each run may add one event before it waits.
      expect(peak).toBeLessThanOrEqual(100 + runs);
      expect(budget.bytes).toBeLessThanOrEqual(100);
    }
  });
});
