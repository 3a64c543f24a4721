// Restarts real server processes one by one under load, as an update of a cluster does.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runChaos } from './run-chaos.ts';

test('a rolling restart under load loses no message and fails no request', async () => {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'parley-rolling-'));
  const { history, result } = await runChaos({
    seed: 'rolling restart',
    plan: [{ atMs: 2_000, type: 'roll' }],
    durationMs: 4_000,
    instances: 2,
    clients: 6,
    isGentle: true,
    dir,
  });
  expect(result.violations).toEqual([]);
  const count = (type: (typeof history)[number]['type']): number =>
    history.filter((entry) => entry.type === type).length;
  // Both instances have restarted, while clients were chatting.
  expect(count('exit')).toBe(2);
  expect(count('up')).toBe(4);
  const [first, last] = history
    .filter(({ type }) => type === 'term' || type === 'exit')
    .map(({ atMs }) => atMs);
  const meanwhile = history.filter(({ atMs }) => atMs > (first ?? 0) && atMs < (last ?? Infinity));
  expect(meanwhile.some(({ type }) => type === 'seen')).toBe(true);
  expect(count('send-ack')).toBeGreaterThan(6);
  await rm(dir, { recursive: true });
}, 120_000);
