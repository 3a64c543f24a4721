// The conformance suite of journal engines: an engine is correct when this suite passes on it.
import { newId } from '@parley/db';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Journal, JournalKey, JournalRow } from '../../src/journal.ts';
import type { RunEvent, RunLogEntry } from '../../src/run-event.ts';

export interface JournalEngine {
  name: string;
  /** False where a single instance uses the journal, which needs no wake-ups. */
  wakes: boolean;
  open: () => Promise<OpenJournalEngine>;
}

export interface OpenJournalEngine extends AsyncDisposable {
  /** The journal from the point of view of this instance. */
  journalOf: (instanceId: string) => Journal;
  /** Starts an active run that belongs to this instance. */
  startRun: (instanceId: string) => Promise<JournalKey>;
  /**
   * Ends a run as an instance that found its writer dead does. While `before` runs, the end is decided but not visible.
   */
  endRun: (run: JournalKey, before?: () => Promise<void>) => Promise<void>;
  /** Cuts the connections of listeners, and returns how many there were. */
  cutListeners: () => Promise<number>;
}

const delta = (content: string): RunEvent => ({ type: 'message', data: { content } });

function row({ teamId, runId }: JournalKey, seq: number, ...events: RunEvent[]): JournalRow {
  return { teamId, runId, seq, events };
}

/** All events after `afterSeq`, page by page. */
async function readAll(
  journal: Pick<Journal, 'read'>,
  run: JournalKey,
  afterSeq: number,
): Promise<RunLogEntry[]> {
  const { entries, hasMore } = await journal.read(run, afterSeq);
  const last = entries.at(-1);
  return hasMore && last !== undefined ? [...entries, ...(await readAll(journal, run, last.seq))] : entries;
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

    test('every instance reads the appended events in order', async () => {
      const writer = startInstance();
      const run = await engine.startRun(writer.instanceId);
      await writer.journal.append([row(run, 2, delta('a'), delta('b'))]);
      await writer.journal.append([row(run, 3, delta('c'))]);
      const entries = [
        { seq: 1, event: delta('a') },
        { seq: 2, event: delta('b') },
        { seq: 3, event: delta('c') },
      ];
      expect(await readAll(writer.journal, run, 0)).toEqual(entries);
      expect(await readAll(startInstance().journal, run, 0)).toEqual(entries);
    });

    test('one batch takes events of many runs, and keeps them apart', async () => {
      const writer = startInstance();
      const runs: JournalKey[] = [];
      for (let index = 0; index < 20; index += 1) runs.push(await engine.startRun(writer.instanceId));
      const taken = await writer.journal.append(
        runs.map((run, index) => row(run, 2, delta(`run ${index}`), delta('!'))),
      );
      expect(taken).toEqual(new Set(runs.map(({ runId }) => runId)));
      for (const [index, run] of runs.entries()) {
        const events = (await readAll(writer.journal, run, 0)).map(({ event }) => event);
        expect(events).toEqual([delta(`run ${index}`), delta('!')]);
      }
    });

    test('every kind of event is read as it was written, whatever its text', async () => {
      const writer = startInstance();
      const run = await engine.startRun(writer.instanceId);
      const text = '"\\ \u0001\u2028\n\u{1F469}\u{200D}\u{1F680} ${x} \'; --';
      const events: RunEvent[] = [
        { type: 'status', data: { description: text, level: 'warning', done: false } },
        { type: 'message', data: { content: text } },
        { type: 'message', data: { content: '', reset: true } },
        { type: 'part', data: { id: 'r1', type: 'reasoning-delta', delta: text } },
        { type: 'part', data: { id: 'r1', type: 'reasoning', text, durationMs: 12 } },
        {
          type: 'part',
          data: { id: 't1', type: 'tool', name: text, state: 'output', input: { [text]: [null] }, output: 0 },
        },
        { type: 'part', data: { id: 't2', type: 'tool', name: text, state: 'error', error: text } },
        { type: 'part', data: { id: 's1', type: 'step', name: text, startedAt: '2026-11-23T09:30:00.000Z' } },
        {
          type: 'part',
          data: { id: 'q1', type: 'source', title: text, url: 'https://example.com', snippet: text },
        },
        { type: 'part', data: { id: 'n1', type: 'notice', reason: 'truncated', message: text } },
        { type: 'error', data: { message: text, reason: 'AGENT_ERROR' } },
      ];
      await writer.journal.append([row(run, events.length, ...events)]);
      expect((await readAll(writer.journal, run, 0)).map(({ event }) => event)).toEqual(events);
    });

    test('reading starts at any position, even in the middle of a batch', async () => {
      const writer = startInstance();
      const run = await engine.startRun(writer.instanceId);
      await writer.journal.append([row(run, 3, delta('1'), delta('2'), delta('3'))]);
      await writer.journal.append([row(run, 5, delta('4'), delta('5'))]);
      for (let seq = 0; seq <= 6; seq += 1) {
        const rest = (await readAll(writer.journal, run, seq)).map((entry) => entry.seq);
        expect(rest).toEqual([1, 2, 3, 4, 5].slice(seq));
      }
    });

    test('a long journal is read in pages of a bounded number of events, from any position', async () => {
      const writer = startInstance();
      const run = await engine.startRun(writer.instanceId);
      const [ROWS, EVENTS] = [100, 100];
      for (let index = 1; index <= ROWS; index += 1) {
        const events = Array.from({ length: EVENTS }, (_, event) => delta(`${index}-${event} `));
        await writer.journal.append([row(run, index * EVENTS, ...events)]);
      }
      const { entries, hasMore } = await writer.journal.read(run, 0);
      expect(hasMore).toBe(true);
      expect(entries.length).toBeLessThan(5_000);
      for (const seq of [0, 50, EVENTS, 4_321, ROWS * EVENTS - 1, ROWS * EVENTS]) {
        const seqs = (await readAll(writer.journal, run, seq)).map((entry) => entry.seq);
        expect(seqs).toEqual(Array.from({ length: ROWS * EVENTS - seq }, (_, index) => seq + index + 1));
      }
    });

    test('each event is read once after a retried write whose first response was lost', async () => {
      const writer = startInstance();
      const run = await engine.startRun(writer.instanceId);
      await writer.journal.append([row(run, 2, delta('a'), delta('b'))]);
      // The writer does not know that the first write succeeded, and has more events by now.
      const more = [row(run, 3, delta('a'), delta('b'), delta('c'))];
      expect(await writer.journal.append(more)).toEqual(new Set([run.runId]));
      expect(await writer.journal.append(more)).toEqual(new Set([run.runId]));
      expect((await readAll(writer.journal, run, 0)).map(({ event }) => event)).toEqual(
        ['a', 'b', 'c'].map(delta),
      );
      expect(await readAll(writer.journal, run, 2)).toEqual([{ seq: 3, event: delta('c') }]);
    });

    test('events for a run of another writer are refused, and the rest of the batch is taken', async () => {
      const [writer, thief] = [startInstance(), startInstance()];
      const run = await engine.startRun(writer.instanceId);
      const own = await engine.startRun(thief.instanceId);
      const taken = await thief.journal.append([row(run, 1, delta('stolen')), row(own, 1, delta('own'))]);
      expect(taken).toEqual(new Set([own.runId]));
      expect(await readAll(writer.journal, run, 0)).toEqual([]);
      expect(await readAll(writer.journal, own, 0)).toHaveLength(1);
    });

    test('events from the writer of an ended run are refused', async () => {
      const writer = startInstance();
      const run = await engine.startRun(writer.instanceId);
      await writer.journal.append([row(run, 1, delta('in time'))]);
      await engine.endRun(run);
      const ended = await readAll(writer.journal, run, 0);
      expect(await writer.journal.append([row(run, 5, delta('too late'))])).toEqual(new Set());
      expect(await readAll(writer.journal, run, 0)).toEqual(ended);
    });

    test('no event is written behind the end of a run that is ended at the same moment', async () => {
      const writer = startInstance();
      const run = await engine.startRun(writer.instanceId);
      await writer.journal.append([row(run, 1, delta('in time'))]);
      let late: Promise<Set<string>> | undefined;
      await engine.endRun(run, async () => {
        late = writer.journal.append([row(run, 5, delta('too late'))]);
        // Long enough for an unblocked write to finish.
        await Promise.race([late, new Promise((resolve) => setTimeout(resolve, 200))]);
      });
      const entries = await readAll(writer.journal, run, 0);
      // Either the write came first and the saved end contains it, or it was refused.
      const taken = await late;
      expect(taken).toEqual(new Set());
      expect(await readAll(writer.journal, run, 0)).toEqual(entries);
    });

    test('the journal of a deleted run is empty and refuses events', async () => {
      const writer = startInstance();
      const run = { ...(await engine.startRun(writer.instanceId)), runId: newId() };
      expect(await writer.journal.append([row(run, 1, delta('lost'))])).toEqual(new Set());
      expect(await readAll(writer.journal, run, 0)).toEqual([]);
    });

    test('an active run keeps its whole journal, and an ended run loses it only after the retention time', async () => {
      const { instanceId, journal } = startInstance();
      const active = await engine.startRun(instanceId);
      const ended = await engine.startRun(instanceId);
      await journal.append([row(active, 1, delta('active')), row(ended, 1, delta('ended'))]);
      await engine.endRun(ended);
      await journal.removeOld({ retentionMs: 60_000, limit: 1_000 });
      expect(await readAll(journal, ended, 0)).not.toEqual([]);
      await expect
        .poll(async () => {
          await journal.removeOld({ retentionMs: 0, limit: 1_000 });
          return readAll(journal, ended, 0);
        })
        .toEqual([]);
      expect(await readAll(journal, active, 0)).toHaveLength(1);
    });

    test('old events are deleted in batches of the given size', async () => {
      const { instanceId, journal } = startInstance();
      const run = await engine.startRun(instanceId);
      for (let seq = 1; seq <= 5; seq += 1) await journal.append([row(run, seq, delta('x'))]);
      await engine.endRun(run);
      let last = (await readAll(journal, run, 0)).length;
      await expect
        .poll(async () => {
          await journal.removeOld({ retentionMs: 0, limit: 2 });
          const left = (await readAll(journal, run, 0)).length;
          expect(last - left).toBeLessThanOrEqual(2);
          last = left;
          return left;
        })
        .toBe(0);
    });

    test('a reader without wake-ups loses no event', async () => {
      const writer = startInstance();
      const reader = startInstance();
      const run = await engine.startRun(writer.instanceId);
      let seq = 0;
      const seen: RunEvent[] = [];
      for (const content of ['a', 'b', 'c']) {
        await writer.journal.append([row(run, seq + 1, delta(content))]);
        for (const entry of await readAll(reader.journal, run, seq)) {
          seen.push(entry.event);
          seq = entry.seq;
        }
      }
      expect(seen).toEqual(['a', 'b', 'c'].map(delta));
    });

    describe.runIf(wakes)('wakes', () => {
      interface Listening extends AsyncDisposable {
        /** The ids of all wake-ups since the last call; `any` stands for all runs. */
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

      test('an append wakes every instance with the ids of all runs of the batch', async () => {
        const writer = startInstance();
        await using first = await startListening();
        await using second = await startListening();
        // More ids than one notification can hold.
        const runs: JournalKey[] = [];
        for (let index = 0; index < 250; index += 1) runs.push(await engine.startRun(writer.instanceId));
        await writer.journal.append(runs.map((run) => row(run, 1, delta('x'))));
        const ids = new Set(runs.map(({ runId }) => runId));
        for (const { woken } of [first, second]) await expect.poll(woken).toEqual(ids);
      });

      test('a wake-up arrives only when the appended events can be read', async () => {
        const writer = startInstance();
        const reader = startInstance();
        const run = await engine.startRun(writer.instanceId);
        const listening = Promise.withResolvers<void>();
        const read = Promise.withResolvers<number>();
        const listener = reader.journal.listen((ids) => {
          if (ids === undefined) listening.resolve();
          else void readAll(reader.journal, run, 0).then(({ length }) => read.resolve(length), read.reject);
        });
        await listening.promise;
        await writer.journal.append([row(run, 1, delta('x'))]);
        expect(await read.promise).toBe(1);
        await listener.close();
      });

      test('a run ended by another instance wakes its followers', async () => {
        const writer = startInstance();
        const run = await engine.startRun(writer.instanceId);
        await using listening = await startListening();
        await engine.endRun(run);
        await expect.poll(listening.woken).toContain(run.runId);
      });

      test('a listener whose connection was cut is woken at once for missed events, and then as before', async () => {
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

      test('a closed listener is not woken and leaves no connection', async () => {
        const listening = await startListening();
        await listening[Symbol.asyncDispose]();
        await expect.poll(engine.cutListeners).toBe(0);
      });
    });
  });
}
