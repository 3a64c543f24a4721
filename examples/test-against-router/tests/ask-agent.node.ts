// `npm run test:node`: Node's own test runner
import { createTestApi } from '@parley/api/testing';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAgent } from '../src/ask-agent.ts';

test('the answer arrives whole', async () => {
  await using api = await createTestApi();
  const team = await api.createTeam();
  api.webhook.answerTokens(['Two', ' words']);
  const agent = await team.admin.caller.agent.create({ name: 'Agent', webhookUrl: api.webhook.url });
  assert.equal(await askAgent(team.user.caller, agent.id, 'Hello'), 'Two words');
});
