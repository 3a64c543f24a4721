// Tests the checker: a run that keeps every promise passes, and each planted fault is reported by its name.
import { describe, expect, test } from 'vitest';
import { check, type CheckResult } from './check.ts';
import type { HistoryEntry } from '../history.ts';
import { promises } from '../promises.ts';
import { makeTestReport } from '../test-report.ts';
import { at, healthyRun, momentOf, RECEIVED, type ObservedChaos } from './healthy-run.ts';
import { planted, runOf } from './planted-faults.ts';
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

test('a run that keeps every promise has no violations, gentle or not', () => {
  expect(judge(() => {}).violations).toEqual([]);
  expect(judge(() => {}, { isGentle: true }).violations).toEqual([]);
});

test('check returns the takeover, loss, delay and shutdown times of the run', () => {
  expect(judge(() => {}).numbers).toEqual({
    takeoverMs: [12_000],
    lostMs: [100],
    lostInOutages: 0,
    terminalDelayMs: [100, 100, 100],
    shutdownMs: [1_000],
  });
});

const absences: [string, HistoryEntry['type']][] = [
  ['without a kill', 'kill'],
  ['without an acknowledged message', 'send-ack'],
  ['without an answer that was followed to its end', 'followed'],
  ['without text from the agent', 'agent-text'],
  ['without parts from the agent', 'agent-parts'],
];

test.each(absences)('a run %s proves nothing and fails', (_name, type) => {
  const result = judge((run) => {
    const left = run.history.filter((entry) => entry.type !== type);
    run.history.splice(0, run.history.length, ...left);
  });
  expect(broken(result)).toContain('proves-nothing');
});

test('makeTestReport reports each broken promise as a failed test', () => {
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
  expect(makeTestReport('failed', undefined)).toMatchObject({ numPassedTests: 0, success: false });
  for (const invariant of names) {
    const result = { ...judge(() => {}), violations: [{ invariant, details: 'planted' }] };
    expect(makeTestReport('bad', result)).toMatchObject({ success: false, numFailedTests: 1 });
  }
});

describe('the checker', () => {
  test.each(planted)('%s is reported as %s', (_name, invariant, plant) => {
    // The invariant belongs to exactly one promise of the report, so that it fails the run.
    expect(promises.filter(({ invariants }) => invariants.includes(invariant))).toHaveLength(1);
    const result = judge(plant);
    expect(broken(result)).toContain(invariant);
    // The checker reports the planted fault, not every invariant at once.
    expect(broken(result).length).toBeLessThanOrEqual(3);
  });

  test('a failed request is reported only if graceful restarts were the only faults', () => {
    const plant = ({ history }: ObservedChaos): void =>
      void history.push(at(25, { type: 'send-failed', messageId: 'm9', reason: 'SHUTTING_DOWN' }));
    expect(broken(judge(plant, { isGentle: true }))).toEqual(['failed-request']);
    expect(broken(judge(plant))).toEqual([]);
  });
});

describe('tolerated events', () => {
  test('a retry that was refused with SHUTTING_DOWN is reported only if no later attempt was accepted', () => {
    const refused =
      (earlierRunId: string, reason = 'SHUTTING_DOWN') =>
      ({ history }: ObservedChaos): void =>
        void history.push(at(43.9, { type: 'retry-failed', earlierRunId, reason }));
    expect(broken(judge(refused('run2'), { isGentle: true }))).toEqual([]);
    expect(broken(judge(refused('run9'), { isGentle: true }))).toEqual(['failed-request']);
    expect(broken(judge(refused('run2', 'INTERNAL_ERROR'), { isGentle: true }))).toEqual(['failed-request']);
  });

  test('a late end of a run is not reported if every other instance was down', () => {
    const result = judge((run) => {
      run.history.push(at(31, { type: 'kill', slot: 1, instanceId: 'two' }));
      run.history.push(at(45, { type: 'up', slot: 1, instanceId: 'three' }));
      runOf(run, 'run2').endedAtMs = momentOf(52);
      run.history.splice(0, run.history.length, ...run.history.filter(({ type }) => type !== 'followed'));
      run.history.splice(0, run.history.length, ...run.history.filter(({ type }) => type !== 'follow'));
    });
    expect(broken(result)).not.toContain('late-terminal-state');
  });

  test('a late end during an outage of the database is reported only long after the outage', () => {
    const outage = ({ history }: ObservedChaos): void => {
      history.push(at(32, { type: 'database-down', how: 'restarted' }));
      history.push(at(42, { type: 'database-up' }));
    };
    const ending = (seconds: number) => (run: ObservedChaos) => {
      outage(run);
      runOf(run, 'run2').endedAtMs = momentOf(seconds);
    };
    expect(broken(judge(ending(49.5)))).not.toContain('late-terminal-state');
    expect(broken(judge(ending(51)))).toContain('late-terminal-state');
  });

  test('a run of a paused instance is not reported if no instance could take it over before the resume', () => {
    const waking = (downUntil: number) => (run: ObservedChaos) => {
      const { instanceId } = runOf(run, 'run1');
      run.history.push(at(0, { type: 'up', slot: 2, instanceId: 'three' }));
      run.history.push(at(20.3, { type: 'pause', slot: 1, instanceId }));
      run.history.push(at(21, { type: 'database-down', how: 'restarted' }));
      run.history.push(at(downUntil, { type: 'database-up' }));
      run.history.push(at(37, { type: 'resume', slot: 1, instanceId }));
      runOf(run, 'run1').endedAtMs = momentOf(38.5);
    };
    expect(broken(judge(waking(35)))).not.toContain('late-terminal-state');
    expect(broken(judge(waking(22)))).toContain('late-terminal-state');
  });

  test('lost text from an outage of the database is not reported', () => {
    const result = judge(({ history }) => {
      history.push(at(29, { type: 'database-down', how: 'restarted' }));
      history.push(at(29.8, { type: 'database-up' }));
      history.push(at(29.5, { type: 'agent-text', runId: 'run2', chars: RECEIVED.length + 1 }));
    });
    expect(broken(result)).not.toContain('lost-text');
    expect(result.numbers.lostInOutages).toBe(1);
  });

  test('a missing message that was not acknowledged is not reported', () => {
    const result = judge(({ history }) => {
      history.push(
        at(22, { type: 'send', messageId: 'm9', chatId: 'chat', content: 'lost', expected: null }),
      );
      history.push(at(22, { type: 'send-failed', messageId: 'm9', reason: 'INTERNAL_ERROR' }));
    });
    expect(broken(result)).toEqual([]);
  });
});
