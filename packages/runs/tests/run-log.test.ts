import { describe, expect, test } from 'vitest';
import { RunLog } from '../src/run-log.ts';
import type { RunEvent, RunLogEntry } from '../src/run-event.ts';

const delta = (content: string): RunEvent => ({ type: 'message', data: { content } });
const reset = (content: string): RunEvent => ({ type: 'message', data: { content, reset: true } });
const status: RunEvent = { type: 'status', data: { description: 'AI Agent', level: 'info', done: false } };
const done: RunEvent = { type: 'done', data: { message: 'Stream completed', messageId: 'm' } };

function logOf(...events: RunEvent[]): RunLog {
  const log = new RunLog();
  for (const event of events) log.append(event);
  return log;
}

const present = (entry: RunLogEntry): RunLogEntry => entry;

async function readAll(log: RunLog, afterSeq = 0): Promise<RunLogEntry[]> {
  return Array.fromAsync(log.read({ afterSeq, present }));
}

function textOf(entries: RunLogEntry[], start = ''): string {
  let text = start;
  for (const { event } of entries) {
    if (event.type === 'message')
      text = event.data.reset === true ? event.data.content : text + event.data.content;
  }
  return text;
}

describe('RunLog', () => {
  test('a reader that keeps up gets every event separately and in order', async () => {
    const log = new RunLog();
    const reader = log.read({ afterSeq: 0, present });
    for (const content of ['a', 'b', 'c']) {
      const next = reader.next();
      log.append(delta(content));
      expect((await next).value?.event).toEqual(delta(content));
    }
    log.append(done);
    expect((await reader.next()).value).toEqual({ seq: 4, event: done });
    expect((await reader.next()).done).toBe(true);
  });

  test('a reader that is behind gets adjacent deltas merged, with the seq of the last one', async () => {
    const entries = await readAll(logOf(delta('a'), delta('b'), status, delta('c'), delta('d'), done));
    expect(entries).toEqual([
      { seq: 2, event: delta('ab') },
      { seq: 3, event: status },
      { seq: 5, event: delta('cd') },
      { seq: 6, event: done },
    ]);
  });

  test('a reset is never merged into the text before it', async () => {
    const entries = await readAll(logOf(delta('wrong'), reset('r'), delta('ight'), done));
    expect(entries.map((entry) => entry.event)).toEqual([delta('wrong'), reset('right'), done]);
  });

  test('readers from every position get the same text', async () => {
    const events = [delta('a'), delta('b'), status, reset('x'), delta('y'), delta('z'), done];
    const log = logOf(...events);
    for (let seq = 0; seq <= events.length; seq += 1) {
      const before = textOf(events.slice(0, seq).map((event, index) => ({ seq: index + 1, event })));
      expect(textOf(await readAll(log, seq), before)).toBe('xyz');
    }
    expect((await log.readAnswer()).text).toBe('xyz');
  });

  test('readers from every position of a long answer get the same text, and the journal gets the same events', async () => {
    const tokens = Array.from({ length: 2_000 }, (_, index) => ` ${index}${index % 300 === 0 ? 'ж' : ''}`);
    const events = tokens.flatMap((content, index) => {
      if (index === 700) return [reset(content)];
      return index % 450 === 0 ? [delta(content), status] : [delta(content)];
    });
    const log = logOf(...events, done);
    const text = tokens.slice(700).join('');
    expect((await log.readAnswer()).text).toBe(text);
    expect(log.lastSeq).toBe(events.length + 1);
    let before = '';
    for (const [seq, event] of events.entries()) {
      expect(log.eventsAfter(seq, { minChars: 1 })[0]).toEqual(event);
      expect(textOf(await readAll(log, seq), before)).toBe(text);
      before = textOf([{ seq, event }], before);
    }
    expect(log.eventsAfter(0)).toEqual([...events, done]);
    expect(log.eventsAfter(300)).toEqual([...events, done].slice(300));
  });

  test('the log of an answer of small tokens takes less than three times the memory of its text', async () => {
    const log = new RunLog();
    for (let token = 0; token < 50_000; token += 1) log.append(delta(' tok'));
    expect(log.bytes).toBeLessThan(3 * (await log.readAnswer()).text.length);
  });

  test('a merged event has a maximum size', async () => {
    const entries = await readAll(
      logOf(...Array.from({ length: 100 }, () => delta('x'.repeat(10_000))), done),
    );
    expect(textOf(entries)).toHaveLength(1_000_000);
    for (const { event } of entries) {
      if (event.type === 'message') expect(event.data.content.length).toBeLessThanOrEqual(80_000);
    }
  });

  test('a waiting reader ends when its signal aborts', async () => {
    const controller = new AbortController();
    const next = new RunLog().read({ afterSeq: 0, present, signal: controller.signal }).next();
    controller.abort();
    expect((await next).done).toBe(true);
  });

  test('a reader whose signal aborts with a custom reason fails once with that reason', async () => {
    const cut = new Error('access was revoked');
    const log = logOf(delta('a'), done);
    for (const when of ['before', 'between', 'waiting'] as const) {
      const controller = new AbortController();
      if (when === 'before') controller.abort(cut);
      const source = when === 'waiting' ? new RunLog() : log;
      const reader = source.read({ afterSeq: 0, present, signal: controller.signal });
      if (when === 'between') await reader.next();
      const waiting = when === 'waiting' ? reader.next() : undefined;
      controller.abort(cut);
      await expect(waiting ?? reader.next()).rejects.toBe(cut);
      expect(await reader.next()).toEqual({ done: true, value: undefined });
    }
  });

  test('a waiting reader ends at once when it is closed', async () => {
    const reader = new RunLog().read({ afterSeq: 0, present });
    const next = reader.next();
    await reader.return?.();
    expect((await next).done).toBe(true);
    expect((await reader.next()).done).toBe(true);
  });

  test('onClose is called once, however a reader ends', async () => {
    const closed: string[] = [];
    const controller = new AbortController();
    const log = new RunLog();
    const left = log.read({ afterSeq: 0, present, onClose: () => closed.push('left') });
    await left.return?.();
    await left.return?.();
    log.read({ afterSeq: 0, present, signal: controller.signal, onClose: () => closed.push('aborted') });
    controller.abort();
    const atEnd = log.read({ afterSeq: 0, present, onClose: () => closed.push('ended') });
    log.append(done);
    await Array.fromAsync(atEnd);
    expect(closed).toEqual(['left', 'aborted', 'ended']);
  });

  test('readers at the same position get the same object, so that it can be encoded once', async () => {
    const log = new RunLog();
    const readers = [log.read({ afterSeq: 0, present }), log.read({ afterSeq: 0, present })];
    const pending = readers.map((reader) => reader.next());
    log.append(delta('a'));
    log.append(delta('b'));
    const [first, second] = await Promise.all(pending);
    expect(first?.value?.event).toEqual(delta('ab'));
    expect(second?.value?.event).toBe(first?.value?.event);
  });

  test('a log rejects every event after its terminal event', () => {
    expect(() => logOf(done, delta('late'))).toThrow('exactly one terminal event');
  });
});
