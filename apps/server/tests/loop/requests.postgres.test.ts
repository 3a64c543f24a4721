// No request holds the event loop for long, whatever it consists of.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startRestServer, type RestServer } from '../start-rest-server.ts';
import { attacksOn } from './attacks.ts';
import { createMeasuredClient, type MeasuredClient } from './measured-client.ts';

const MAX_HELD_MS = 50;

let rest: RestServer;
let client: MeasuredClient;
let targets: { chatId: string; agentId: string };

beforeAll(async () => {
  rest = await startRestServer();
  const { admin } = rest.team;
  const agent = await admin.caller.agent.create({ name: 'Agent', webhookUrl: rest.api.webhook.url });
  const chat = await admin.caller.chat.create({ agentId: agent.id });
  targets = { chatId: chat.id, agentId: agent.id };
  client = createMeasuredClient({ url: rest.url, cookie: admin.cookie });
});

afterAll(async () => {
  await client[Symbol.asyncDispose]();
  await rest[Symbol.asyncDispose]();
});

describe('the event loop', () => {
  test.each(Object.keys(attacksOn({ chatId: '', agentId: '' })))(
    'is never held for more than 50 ms by %s',
    async (name) => {
      for (const attack of attacksOn(targets)[name] ?? []) {
        const { status, heldMs } = await client.sendBest(attack, MAX_HELD_MS);
        expect(heldMs, attack.path).toBeLessThan(MAX_HELD_MS);
        expect(status, attack.path).toBeGreaterThanOrEqual(200);
        expect(status, attack.path).toBeLessThan(500);
      }
    },
  );
});
