// Test support: a fresh database, teams and users, and a caller for each that calls the router without HTTP.
import { createTestDatabase } from '@parley/db/testing';
import { createTestApiOn, type TestApi, type TestApiOptions } from './create-test-api.ts';

export { collectParts } from '@parley/runs';
export type {
  Caller,
  TestApi,
  TestApiInstance,
  TestApiOptions,
  TestTeam,
  TestUser,
} from './create-test-api.ts';
export { streamRunEvents } from './stream-run-events.ts';

/**
 * Creates the whole API on a fresh database, without HTTP. Close it with `await using`.
 *
 * ```ts
 * await using api = await createTestApi();
 * const team = await api.createTeam();
 * const agent = await team.admin.caller.agent.create({ name: 'Agent', webhookUrl: api.webhook.url });
 * const chat = await team.user.caller.chat.create({ agentId: agent.id });
 * ```
 */
export function createTestApi(options?: TestApiOptions): Promise<TestApi> {
  return createTestApiOn(createTestDatabase, options);
}
