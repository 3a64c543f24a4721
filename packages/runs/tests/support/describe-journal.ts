// What every engine of the journal has to keep. An engine is right when this suite passes on it.
import { newId, type RunEventsRow } from '@parley/db';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Journal, JournalKey } from '../../src/journal.ts';
import type { RunEvent } from '../../src/run-event.ts';

export interface JournalEngine {
  name: string;
  /** Whether `listen` hears of anything: not where one instance has the journal to itself. */
  wakes: boolean;
  open: () => Promise<OpenJournalEngine>;
}

export interface OpenJournalEngine extends AsyncDisposable {
  /** The journal as this instance sees it. */
  journalOf: (instanceId: string) => Journal;
  /** A run that is active, and this instance's to write. */
  startRun: (instanceId: string) => Promise<JournalKey>;
  /** Ends a run as whoever finds its writer gone does. While `before` runs, the end is decided but not yet visible. */
  endRun: (run: JournalKey, before?: () => Promise<void>) => Promise<void>;
  /** Cuts the connections by which listeners are woken, and says how many there were. */
  cutListeners: () => Promise<number>;
}

const delta = (content: string): RunEvent => ({ type: 'message', data: { content } });

function row({ teamId, runId }: JournalKey, seq: number, ...events: RunEvent[]): RunEventsRow {
  return { teamId, runId, seq, events };
}

export function describeJournal({ name, wakes, open }: JournalEngine): void {
  describe(`the journal on ${name}`, () => {
    let engine: OpenJournalEngine;

    beforeAll(async () => {
      engine = await open();
    });

    afterAll(async () => {
      await engine[Symbol.asyncDispose]();
    });

    function startInstance(): { instanceId: string; journal: Journal } {
      const instanceId = newId();
      return { instanceId, journal: engine.journalOf(instanceId) };
    }

    test('gives what was appended, in order, to every instance', async () => {
      const writer = startInstance();
      const run = await engine.startRun(writer.instanceId);
      await writer.journal.append([row(run, 2, delta('a'), delta('b'))]);
      await writer.journal.append([row(run, 3, delta('c'))]);
      const entries = [
        { seq: 1, event: delta('a') },
        { seq: 2, event: delta('b') },
        { seq: 3, event: delta('c') },
      ];
      expect(await writer.journal.read(run, 0)).toEqual(entries);
      expect(await startInstance().journal.read(run, 0)).toEqual(entries);
    });

    test('takes a batch of many runs at once, and keeps them apart', async () => {
      const writer = startInstance();
      const runs: JournalKey[] = [];
      for (let index = 0; index < 20; index += 1) runs.push(await engine.startRun(writer.instanceId));
      const taken = await writer.journal.append(
        runs.map((run, index) => row(run, 2, delta(`run ${index}`), delta('!'))),
      );
      expect(taken).toEqual(new Set(runs.map(({ runId }) => runId)));
      for (const [index, run] of runs.entries()) {
        const events = (await writer.journal.read(run, 0)).map(({ event }) => event);
        expect(events).toEqual([delta(`run ${index}`), delta('!')]);
      }
    });

    test('gives every kind of event back as it was, whatever its text', async () => {
      const writer = startInstance();
      const run = await engine.startRun(writer.instanceId);
      const text = '"\\ \u0001\u2028\n\u{1F469}\u{200D}\u{1F680} ${x} \'; --';
      const events: RunEvent[] = [
        { type: 'status', data: { description: text, level: 'warning', done: false } },
        { type: 'message', data: { content: text } },
        { type: 'message', data: { content: '', reset: true } },
        { type: 'error', data: { message: text, reason: 'AGENT_ERROR' } },
      ];
      await writer.journal.append([row(run, events.length, ...events)]);
      expect((await writer.journal.read(run, 0)).map(({ event }) => event)).toEqual(events);
    });

    test('reads on from every place, also one in the middle of a batch', async () => {
      const writer = startInstance();
      const run = await engine.startRun(writer.instanceId);
      await writer.journal.append([row(run, 3, delta('1'), delta('2'), delta('3'))]);
      await writer.journal.append([row(run, 5, delta('4'), delta('5'))]);
      for (let seq = 0; seq <= 6; seq += 1) {
        const rest = (await writer.journal.read(run, seq)).map((entry) => entry.seq);
        expect(rest).toEqual([1, 2, 3, 4, 5].slice(seq));
      }
    });

    test('gives each event once where a write was repeated whose answer got lost', async () => {
      const writer = startInstance();
      const run = await engine.startRun(writer.instanceId);
      await writer.journal.append([row(run, 2, delta('a'), delta('b'))]);
      // The writer does not know of the first, and has more by now.
      const more = [row(run, 3, delta('a'), delta('b'), delta('c'))];
      expect(await writer.journal.append(more)).toEqual(new Set([run.runId]));
      expect(await writer.journal.append(more)).toEqual(new Set([run.runId]));
      expect((await writer.journal.read(run, 0)).map(({ event }) => event)).toEqual(
        ['a', 'b', 'c'].map(delta),
      );
      expect(await writer.journal.read(run, 2)).toEqual([{ seq: 3, event: delta('c') }]);
    });

    test('takes nothing from an instance that is not the run’s writer, and the rest of its batch', async () => {
      const [writer, thief] = [startInstance(), startInstance()];
      const run = await engine.startRun(writer.instanceId);
      const own = await engine.startRun(thief.instanceId);
      const taken = await thief.journal.append([row(run, 1, delta('stolen')), row(own, 1, delta('own'))]);
      expect(taken).toEqual(new Set([own.runId]));
      expect(await writer.journal.read(run, 0)).toEqual([]);
      expect(await writer.journal.read(own, 0)).toHaveLength(1);
    });

    test('takes nothing from the writer of a run that has been ended', async () => {
      const writer = startInstance();
      const run = await engine.startRun(writer.instanceId);
      await writer.journal.append([row(run, 1, delta('in time'))]);
      await engine.endRun(run);
      const ended = await writer.journal.read(run, 0);
      expect(await writer.journal.append([row(run, 5, delta('too late'))])).toEqual(new Set());
      expect(await writer.journal.read(run, 0)).toEqual(ended);
    });

    test('lets nothing in behind the end of a run that is being ended at the same moment', async () => {
      const writer = startInstance();
      const run = await engine.startRun(writer.instanceId);
      await writer.journal.append([row(run, 1, delta('in time'))]);
      let late: Promise<Set<string>> | undefined;
      await engine.endRun(run, async () => {
        late = writer.journal.append([row(run, 5, delta('too late'))]);
        // Long enough to have been written, where nothing holds it up.
        await Promise.race([late, new Promise((resolve) => setTimeout(resolve, 200))]);
      });
      const entries = await writer.journal.read(run, 0);
      // It was taken before the end, and the end says so; or it was not taken. Never both.
      const taken = await late;
      expect(taken).toEqual(new Set());
      expect(await writer.journal.read(run, 0)).toEqual(entries);
    });

    test('of a run that is gone is empty, and takes nothing', async () => {
      const writer = startInstance();
      const run = { ...(await engine.startRun(writer.instanceId)), runId: newId() };
      expect(await writer.journal.append([row(run, 1, delta('lost'))])).toEqual(new Set());
      expect(await writer.journal.read(run, 0)).toEqual([]);
    });

    test('keeps all of an active run, and drops an ended one only after the retention time', async () => {
      const { instanceId, journal } = startInstance();
      const active = await engine.startRun(instanceId);
      const ended = await engine.startRun(instanceId);
      await journal.append([row(active, 1, delta('active')), row(ended, 1, delta('ended'))]);
      await engine.endRun(ended);
      await journal.removeOld({ retentionMs: 60_000, limit: 1_000 });
      expect(await journal.read(ended, 0)).not.toEqual([]);
      await expect
        .poll(async () => {
          await journal.removeOld({ retentionMs: 0, limit: 1_000 });
          return journal.read(ended, 0);
        })
        .toEqual([]);
      expect(await journal.read(active, 0)).toHaveLength(1);
    });

    test('removes what is old in batches of the size asked for', async () => {
      const { instanceId, journal } = startInstance();
      const run = await engine.startRun(instanceId);
      for (let seq = 1; seq <= 5; seq += 1) await journal.append([row(run, seq, delta('x'))]);
      await engine.endRun(run);
      let last = (await journal.read(run, 0)).length;
      await expect
        .poll(async () => {
          await journal.removeOld({ retentionMs: 0, limit: 2 });
          const left = (await journal.read(run, 0)).length;
          expect(last - left).toBeLessThanOrEqual(2);
          last = left;
          return left;
        })
        .toBe(0);
    });

    test('loses nothing to a reader whom nobody wakes', async () => {
      const writer = startInstance();
      const reader = startInstance();
      const run = await engine.startRun(writer.instanceId);
      let seq = 0;
      const seen: RunEvent[] = [];
      for (const content of ['a', 'b', 'c']) {
        await writer.journal.append([row(run, seq + 1, delta(content))]);
        for (const entry of await reader.journal.read(run, seq)) {
          seen.push(entry.event);
          seq = entry.seq;
        }
      }
      expect(seen).toEqual(['a', 'b', 'c'].map(delta));
    });

    describe.runIf(wakes)('wakes', () => {
      interface Listening extends AsyncDisposable {
        /** Since when a list was asked for last: the ids it was woken for, `any` for all of them. */
        woken: () => Set<string>;
      }

      async function startListening(): Promise<Listening> {
        const woken = new Set<string>();
        const listener = startInstance().journal.listen((ids) =>
          (ids ?? ['any']).forEach((id) => woken.add(id)),
        );
        await expect.poll(() => woken).toContain('any');
        woken.clear();
        return {
          woken: () => woken,
          [Symbol.asyncDispose]: () => listener.close(),
        };
      }

      test('every instance, with the ids of all runs of a batch', async () => {
        const writer = startInstance();
        await using first = await startListening();
        await using second = await startListening();
        // More than one notification can name.
        const runs: JournalKey[] = [];
        for (let index = 0; index < 250; index += 1) runs.push(await engine.startRun(writer.instanceId));
        await writer.journal.append(runs.map((run) => row(run, 1, delta('x'))));
        const ids = new Set(runs.map(({ runId }) => runId));
        for (const { woken } of [first, second]) await expect.poll(woken).toEqual(ids);
      });

      test('nobody before what was appended can be read', async () => {
        const writer = startInstance();
        const reader = startInstance();
        const run = await engine.startRun(writer.instanceId);
        const listening = Promise.withResolvers<void>();
        const read = Promise.withResolvers<number>();
        const listener = reader.journal.listen((ids) => {
          if (ids === undefined) listening.resolve();
          else void reader.journal.read(run, 0).then((entries) => read.resolve(entries.length), read.reject);
        });
        await listening.promise;
        await writer.journal.append([row(run, 1, delta('x'))]);
        expect(await read.promise).toBe(1);
        await listener.close();
      });

      test('those that follow when a run is ended by another instance', async () => {
        const writer = startInstance();
        const run = await engine.startRun(writer.instanceId);
        await using listening = await startListening();
        await engine.endRun(run);
        await expect.poll(listening.woken).toContain(run.runId);
      });

      test('again after its connection was cut: at once for what was missed, then as before', async () => {
        const writer = startInstance();
        const run = await engine.startRun(writer.instanceId);
        await using listening = await startListening();
        for (let seq = 1; seq <= 2; seq += 1) {
          expect(await engine.cutListeners()).toBeGreaterThan(0);
          await expect.poll(listening.woken).toContain('any');
          listening.woken().clear();
          await writer.journal.append([row(run, seq, delta('after the cut'))]);
          await expect.poll(listening.woken).toContain(run.runId);
        }
      });

      test('nobody who has stopped listening, and leaves no connection', async () => {
        const listening = await startListening();
        await listening[Symbol.asyncDispose]();
        await expect.poll(engine.cutListeners).toBe(0);
      });
    });
  });
}
