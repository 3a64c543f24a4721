// Floods a real server process that has a small heap, while clients chat on it and on another one.
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runChaos } from './run-chaos.ts';

test('an overloaded instance loses no acknowledged message, ends some answers with OVERLOADED, and completes others', async () => {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'parley-overload-'));
  const { history, database, result } = await runChaos({
    seed: 'overload',
    plan: [{ atMs: 1_000, type: 'overload' }],
    durationMs: 4_000,
    instances: 2,
    clients: 4,
    isGentle: false,
    dir,
  });
  // Nothing was killed.
  expect(result.violations).toEqual([
    { invariant: 'proves-nothing', details: expect.stringContaining('kill') },
  ]);
  const flood = new Set(
    history.flatMap((entry) =>
      entry.type === 'send' && entry.content.startsWith('flood') ? [entry.messageId] : [],
    ),
  );
  const ends = database.runs
    .filter(({ userMessageId }) => flood.has(userMessageId))
    .map(({ state, errorReason }) => errorReason ?? state);
  expect(new Set(ends)).toEqual(new Set(['succeeded', 'OVERLOADED']));
  await rm(dir, { recursive: true });
}, 120_000);
