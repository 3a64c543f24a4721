// For tests that call the router directly, without HTTP: a fresh database, teams, users, and a caller for each.
export {
  createTestApi,
  type Caller,
  type TestApi,
  type TestApiInstance,
  type TestTeam,
  type TestUser,
} from './create-test-api.ts';
export { streamRunEvents } from './stream-run-events.ts';
