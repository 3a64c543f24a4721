// The judge, judged: a run that kept every promise passes, and each planted fault is found, by its name.
import { describe, expect, test } from 'vitest';
import { check, type CheckResult } from './check.ts';
import type { HistoryEntry } from '../history.ts';
import { promises } from '../promises.ts';
import { makeTestReport } from '../test-report.ts';
import { ANSWER, at, healthyRun, momentOf, RECEIVED, type ObservedChaos } from './healthy-run.ts';
import type { Invariant } from './violation.ts';

const options = { graceMs: 4_000, isGentle: false };

function judge(plant: (run: ObservedChaos) => void, overrides: Partial<typeof options> = {}): CheckResult {
  const run = healthyRun();
  plant(run);
  run.history.sort((one, other) => one.atMs - other.atMs);
  return check(run.history, run.database, { ...options, ...overrides });
}

function broken(result: CheckResult): Invariant[] {
  return [...new Set(result.violations.map(({ invariant }) => invariant))];
}

function find<Item>(items: readonly Item[], fits: (item: Item) => boolean): Item {
  const item = items.find(fits);
  if (item === undefined) throw new Error('the healthy run has no such item');
  return item;
}

const messageOf = ({ database }: ObservedChaos, id: string) =>
  find(database.messages, (message) => message.id === id);
const runOf = ({ database }: ObservedChaos, id: string) => find(database.runs, (run) => run.id === id);
const remove = <Item>(items: Item[], fits: (item: Item) => boolean): void =>
  void items.splice(items.findIndex(fits), 1);

test('a run that kept every promise has no violation, in the gentle reading either', () => {
  expect(judge(() => {}).violations).toEqual([]);
  expect(judge(() => {}, { isGentle: true }).violations).toEqual([]);
});

test('the numbers are those of the run', () => {
  expect(judge(() => {}).numbers).toEqual({
    takeoverMs: [12_000],
    lostMs: [100],
    lostInOutages: 0,
    terminalDelayMs: [100, 100, 100],
    shutdownMs: [1_000],
  });
});

const planted: [string, Invariant, (run: ObservedChaos) => void][] = [
  [
    'a message row that is gone',
    'acknowledged-lost',
    (run) => {
      remove(run.database.messages, ({ id }) => id === 'm2');
      find(run.database.chats, () => true).lastSeq = 5;
    },
  ],
  [
    'an answer’s row that is gone',
    'acknowledged-lost',
    (run) => remove(run.database.messages, ({ id }) => id === 'a2'),
  ],
  ['a run that is gone', 'acknowledged-lost', (run) => remove(run.database.runs, ({ id }) => id === 'run1')],
  [
    'a retry that is gone',
    'acknowledged-lost',
    (run) => remove(run.database.runs, ({ id }) => id === 'run3'),
  ],
  [
    'a message that is not what was sent',
    'altered-text',
    (run) => void (messageOf(run, 'm1').content = 'fist'),
  ],
  [
    'a message that is there twice',
    'duplicate-message',
    (run) => void run.database.messages.push({ ...messageOf(run, 'm1'), id: 'm1 again', seq: 6 }),
  ],
  [
    'a second run that nobody asked for',
    'duplicate-run',
    (run) => void run.database.runs.push({ ...runOf(run, 'run1'), id: 'run1 again', attempt: 2 }),
  ],
  [
    'two answers that are both valid',
    'duplicate-answer',
    (run) => void (messageOf(run, 'a2').isSuperseded = false),
  ],
  [
    'two answers to one message id',
    'different-acknowledgements',
    (run) =>
      void run.history.push(
        at(30.6, { type: 'send-ack', messageId: 'm2', runId: 'run3', assistantMessageId: 'a3' }),
      ),
  ],
  [
    'an agent that was asked twice for one run',
    'generated-twice',
    (run) => void run.history.push(at(30.3, { type: 'agent-request', runId: 'run2' })),
  ],
  ['a gap in a chat', 'broken-order', (run) => void (messageOf(run, 'a3').seq = 6)],
  ['two messages in one place', 'broken-order', (run) => void (messageOf(run, 'a3').seq = 4)],
  [
    'a run that never ends',
    'no-terminal-state',
    (run) => void Object.assign(runOf(run, 'run1'), { state: 'running', endedAtMs: null }),
  ],
  [
    'a run that ended twice',
    'two-terminal-states',
    (run) =>
      void run.database.transitions.push({
        runId: 'run2',
        from: 'interrupted',
        to: 'succeeded',
        atMs: momentOf(44),
      }),
  ],
  [
    'two terminal events in a journal',
    'two-terminal-states',
    (run) => void (find(run.database.terminals, () => true).count = 2),
  ],
  [
    'a run whose end nobody saw',
    'two-terminal-states',
    (run) => remove(run.database.transitions, ({ runId }) => runId === 'run1'),
  ],
  [
    'an answer that a process wrote after it had lost the run',
    'written-after-end',
    (run) => void run.database.rewrites.push({ messageId: 'a2', atMs: momentOf(44) }),
  ],
  [
    'a run that looks alive long after its instance has died',
    'late-terminal-state',
    (run) => void (runOf(run, 'run2').endedAtMs = momentOf(47)),
  ],
  [
    'a run of an instance that was stopped, and that nobody took over',
    'late-terminal-state',
    (run) => {
      run.history.push(at(31, { type: 'pause', slot: 1, instanceId: 'two' }));
      run.history.push(at(60, { type: 'resume', slot: 1, instanceId: 'two' }));
      run.history.push(at(0, { type: 'up', slot: 2, instanceId: 'three' }));
      Object.assign(runOf(run, 'run1'), { endedAtMs: momentOf(60) });
    },
  ],
  [
    'one byte of an answer that is another',
    'altered-text',
    (run) => void (messageOf(run, 'a1').content = ANSWER.replace('語', '后')),
  ],
  [
    'an interrupted answer with text of its own',
    'altered-text',
    (run) => void (messageOf(run, 'a2').content = RECEIVED.slice(1)),
  ],
  [
    'text that the agent had sent more than a second before the kill',
    'lost-text',
    (run) =>
      void run.history.push(at(29.9, { type: 'agent-text', runId: 'run2', chars: RECEIVED.length + 1 })),
  ],
  [
    'text that a follower had seen more than a second before the kill',
    'lost-text',
    (run) =>
      void run.history.push(
        at(29.9, { type: 'seen', followId: 'f2', runId: 'run2', chars: RECEIVED.length + 1 }),
      ),
  ],
  [
    'a follower with a gap in its text',
    'different-text',
    (run) =>
      Object.assign(
        find(run.history, ({ type }) => type === 'followed'),
        { text: ANSWER.replace('whole ', '') },
      ),
  ],
  [
    'a follower that was told of another end',
    'different-end',
    (run) =>
      Object.assign(
        find(run.history, ({ type }) => type === 'followed'),
        { terminal: 'RUN_CANCELED' },
      ),
  ],
  [
    'a stream that never comes to an end',
    'hung-stream',
    (run) => remove(run.history, (entry) => entry.type === 'followed' && entry.followId === 'f4'),
  ],
  [
    'a stream that hears of the end a minute later',
    'hung-stream',
    (run) =>
      Object.assign(
        find(run.history, (entry) => entry.type === 'followed' && entry.followId === 'f1'),
        {
          atMs: momentOf(82),
        },
      ),
  ],
  [
    'a stream that ends before its run does',
    'stream-without-end',
    (run) => {
      remove(run.history, (entry) => entry.type === 'followed' && entry.followId === 'f1');
      run.history.push(at(20.8, { type: 'follow-ended', followId: 'f1' }));
    },
  ],
  [
    'an orderly end with an exit code',
    'unclean-shutdown',
    (run) =>
      Object.assign(
        find(run.history, ({ type }) => type === 'exit'),
        { code: 1 },
      ),
  ],
  [
    'an orderly end that takes too long',
    'unclean-shutdown',
    (run) =>
      Object.assign(
        find(run.history, ({ type }) => type === 'exit'),
        { atMs: momentOf(60) },
      ),
  ],
  [
    'a process that ends by itself',
    'unclean-shutdown',
    (run) => void run.history.push(at(10, { type: 'exit', slot: 2, instanceId: 'three', code: 1 })),
  ],
];

const absences: [string, HistoryEntry['type']][] = [
  ['in which nobody was killed', 'kill'],
  ['in which no message was acknowledged', 'send-ack'],
  ['in which no answer was followed to its end', 'followed'],
  ['in which the agent said nothing', 'agent-text'],
];

test.each(absences)('a run %s proves nothing, and fails', (_name, type) => {
  const result = judge((run) => {
    const left = run.history.filter((entry) => entry.type !== type);
    run.history.splice(0, run.history.length, ...left);
  });
  expect(broken(result)).toContain('proves-nothing');
});

test('in a report for those who count tests, each broken promise is a test that failed', () => {
  const names = promises.flatMap(({ invariants }) => invariants);
  expect(
    makeTestReport(
      'good',
      judge(() => {}),
    ),
  ).toMatchObject({
    success: true,
    numPassedTests: promises.length,
    numFailedTests: 0,
  });
  expect(makeTestReport('broken down', undefined)).toMatchObject({ numPassedTests: 0, success: false });
  for (const invariant of names) {
    const result = { ...judge(() => {}), violations: [{ invariant, details: 'planted' }] };
    expect(makeTestReport('bad', result)).toMatchObject({ success: false, numFailedTests: 1 });
  }
});

describe('found is', () => {
  test.each(planted)('%s: %s', (_name, invariant, plant) => {
    // And it fails the run: no promise is left out of the report.
    expect(promises.filter(({ invariants }) => invariants.includes(invariant))).toHaveLength(1);
    const result = judge(plant);
    expect(broken(result)).toContain(invariant);
    // What is found is what was planted, not everything at once.
    expect(broken(result).length).toBeLessThanOrEqual(3);
  });

  test('a request that failed, where there were but orderly restarts', () => {
    const plant = ({ history }: ObservedChaos): void =>
      void history.push(at(25, { type: 'send-failed', messageId: 'm9', reason: 'SHUTTING_DOWN' }));
    expect(broken(judge(plant, { isGentle: true }))).toEqual(['failed-request']);
    expect(broken(judge(plant))).toEqual([]);
  });
});

describe('not held against anybody is', () => {
  test('a retry that was told to come again, and then accepted; one that never was is', () => {
    const refused =
      (earlierRunId: string, reason = 'SHUTTING_DOWN') =>
      ({ history }: ObservedChaos): void =>
        void history.push(at(43.9, { type: 'retry-failed', earlierRunId, reason }));
    expect(broken(judge(refused('run2'), { isGentle: true }))).toEqual([]);
    expect(broken(judge(refused('run9'), { isGentle: true }))).toEqual(['failed-request']);
    expect(broken(judge(refused('run2', 'INTERNAL_ERROR'), { isGentle: true }))).toEqual(['failed-request']);
  });

  test('a late end while every other instance was down', () => {
    const result = judge((run) => {
      run.history.push(at(31, { type: 'kill', slot: 1, instanceId: 'two' }));
      run.history.push(at(45, { type: 'up', slot: 1, instanceId: 'three' }));
      runOf(run, 'run2').endedAtMs = momentOf(52);
      run.history.splice(0, run.history.length, ...run.history.filter(({ type }) => type !== 'followed'));
      run.history.splice(0, run.history.length, ...run.history.filter(({ type }) => type !== 'follow'));
    });
    expect(broken(result)).not.toContain('late-terminal-state');
  });

  test('a late end while the database was away, but one long after it was back is', () => {
    const outage = ({ history }: ObservedChaos): void => {
      history.push(at(32, { type: 'database-down' }));
      history.push(at(42, { type: 'database-up' }));
    };
    const ending = (seconds: number) => (run: ObservedChaos) => {
      outage(run);
      runOf(run, 'run2').endedAtMs = momentOf(seconds);
    };
    expect(broken(judge(ending(49.5)))).not.toContain('late-terminal-state');
    expect(broken(judge(ending(51)))).toContain('late-terminal-state');
  });

  test('a run of a paused instance that nobody could take over: it goes on when it wakes up', () => {
    const waking = (downUntil: number) => (run: ObservedChaos) => {
      const { instanceId } = runOf(run, 'run1');
      run.history.push(at(0, { type: 'up', slot: 2, instanceId: 'three' }));
      run.history.push(at(20.3, { type: 'pause', slot: 1, instanceId }));
      run.history.push(at(21, { type: 'database-down' }));
      run.history.push(at(downUntil, { type: 'database-up' }));
      run.history.push(at(37, { type: 'resume', slot: 1, instanceId }));
      runOf(run, 'run1').endedAtMs = momentOf(38.5);
    };
    expect(broken(judge(waking(35)))).not.toContain('late-terminal-state');
    expect(broken(judge(waking(22)))).toContain('late-terminal-state');
  });

  test('text that was received while the database was away', () => {
    const result = judge(({ history }) => {
      history.push(at(29, { type: 'database-down' }));
      history.push(at(29.8, { type: 'database-up' }));
      history.push(at(29.5, { type: 'agent-text', runId: 'run2', chars: RECEIVED.length + 1 }));
    });
    expect(broken(result)).not.toContain('lost-text');
    expect(result.numbers.lostInOutages).toBe(1);
  });

  test('a message that was not acknowledged, whether it is there or not', () => {
    const result = judge(({ history }) => {
      history.push(
        at(22, { type: 'send', messageId: 'm9', chatId: 'chat', content: 'lost', expected: null }),
      );
      history.push(at(22, { type: 'send-failed', messageId: 'm9', reason: 'INTERNAL_ERROR' }));
    });
    expect(broken(result)).toEqual([]);
  });
});
