// `@parley/api/testing` as published: for any test runner, on an embedded database that needs no setting.
import { createEmbeddedDatabase } from '@parley/db/testing/embedded';
import { createTestApiOn, type TestApi, type TestApiOptions } from './create-test-api.ts';

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
 * Creates the whole API on an embedded database in memory, without HTTP. Close it with `await using`. The first one of a
 * process takes a few seconds.
 *
 * ```ts
 * await using api = await createTestApi();
 * const team = await api.createTeam();
 * const agent = await team.admin.caller.agent.create({ name: 'Agent', webhookUrl: api.webhook.url });
 * const chat = await team.user.caller.chat.create({ agentId: agent.id });
 * ```
 */
export function createTestApi(options?: TestApiOptions): Promise<TestApi> {
  return createTestApiOn(createEmbeddedDatabase, options);
}
