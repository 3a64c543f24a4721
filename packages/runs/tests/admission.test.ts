import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestRuns, type TestRuns } from './support/test-runs.ts';

let context: TestRuns;

beforeAll(async () => {
  context = await createTestRuns();
});

afterAll(async () => {
  await context[Symbol.asyncDispose]();
});

test('a team with its maximum of active runs is refused with team-busy, and other teams are not', async () => {
  await using instance = await context.startInstance({ maxRunsPerTeam: 2 });
  const { runs } = instance;
  const first = runs.admit('team');
  using second = runs.admit('team');
  expect([first.refusal, second.refusal]).toEqual([undefined, undefined]);
  expect(runs.admit('team').refusal).toBe('team-busy');
  using other = runs.admit('other team');
  expect(other.refusal).toBeUndefined();
  first[Symbol.dispose]();
  using third = runs.admit('team');
  expect(third.refusal).toBeUndefined();
});

test('a run counts against its team until it has ended', async () => {
  await using instance = await context.startInstance({ maxRunsPerTeam: 1 });
  const { runs } = instance;
  const gate = Promise.withResolvers<void>();
  context.webhook.answerTokens(['a', 'b'], () => gate.promise);
  const run = await context.commitRun(runs);
  runs.start(run);
  expect(runs.admit(run.teamId).refusal).toBe('team-busy');
  gate.resolve();
  await expect.poll(() => runs.activeRuns, { timeout: 10_000 }).toBe(0);
  using admission = runs.admit(run.teamId);
  expect(admission.refusal).toBeUndefined();
});
