// Starts a Postgres and tells its URL.
import { startPostgres } from '../../src/testing/start-postgres.ts';

const server = await startPostgres();
process.send?.(server.url);
