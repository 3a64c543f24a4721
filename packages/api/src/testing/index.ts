export { collectParts } from '@parley/runs';
// Test support: a fresh database, teams and users, and a caller for each that calls the router without HTTP.
export {
  createTestApi,
  type Caller,
  type TestApi,
  type TestApiInstance,
  type TestTeam,
  type TestUser,
} from './create-test-api.ts';
export { streamRunEvents } from './stream-run-events.ts';
