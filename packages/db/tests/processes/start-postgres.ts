// Starts a Postgres server and prints its URL.
import { startPostgres } from '../../src/testing/start-postgres.ts';

const server = await startPostgres();
process.send?.(server.url);
