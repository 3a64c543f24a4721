// `npm test`: vitest
import { createTestApi, type TestApi } from '@parley/api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { askAgent } from '../src/ask-agent.ts';

let api: TestApi;

// The first database of a process takes a few seconds.
beforeAll(async () => {
  api = await createTestApi();
}, 120_000);

afterAll(() => api[Symbol.asyncDispose]());

test('the answer arrives whole', async () => {
  const team = await api.createTeam();
  api.webhook.answerTokens(['Two', ' words']);
  const agent = await team.admin.caller.agent.create({ name: 'Agent', webhookUrl: api.webhook.url });
  expect(await askAgent(team.user.caller, agent.id, 'Hello')).toBe('Two words');
  expect(api.webhook.requests.at(-1)?.body).toMatchObject({ chatInput: 'Hello' });
});

test("another team's agent is not found", async () => {
  const [team, other] = [await api.createTeam(), await api.createTeam()];
  const agent = await other.admin.caller.agent.create({ name: 'Agent', webhookUrl: api.webhook.url });
  await expect(askAgent(team.user.caller, agent.id, 'Hello')).rejects.toMatchObject({
    reason: 'AGENT_NOT_FOUND',
  });
});
