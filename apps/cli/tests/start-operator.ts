// A Postgres with Parley's schema, and the operators' commands on it. docs.test.ts runs them as processes.
import { createTeam } from '@parley/api';
import { newId, type DB } from '@parley/db';
import { createPlainDatabase, openTestDatabase, startPostgres, type TestDatabase } from '@parley/db/testing';
import type { Kysely } from 'kysely';
import { runInProcess } from './run-in-process.ts';

export const PASSWORD = 'a good password';

export interface Ended {
  exitCode: number | null;
  stdout: string;
  stderr: string;
  json: () => unknown;
}

export interface Operator extends AsyncDisposable {
  url: string;
  /** The same server as its superuser. */
  serverUrl: string;
  database: TestDatabase;
  db: Kysely<DB>;
  /** What the commands print on stderr about the database. */
  note: string;
  parley: (args: string[], env?: Record<string, string>) => Promise<Ended>;
  /** What `parley team create` does, without a process. */
  createTestTeam: () => Promise<{ id: string; slug: string; email: string }>;
}

export async function startOperator(): Promise<Operator> {
  await using stack = new AsyncDisposableStack();
  const server = stack.adopt(await startPostgres(), (started) => started.stop());
  const { url, adminUrl } = await createPlainDatabase(server.url);
  const database = stack.use(await openTestDatabase(adminUrl));
  const { host, pathname } = new URL(url);
  const running = stack.move();
  return {
    url,
    serverUrl: server.url,
    database,
    db: database.db,
    note: `Database: ${host}${pathname}\n`,
    async parley(args, env = {}) {
      const command = runInProcess(args, { env: { DATABASE_URL: url, PARLEY_PASSWORD: PASSWORD, ...env } });
      const exitCode = await command.exitCode;
      const stdout = command.stdout();
      return { exitCode, stdout, stderr: command.stderr(), json: () => JSON.parse(stdout) as unknown };
    },
    async createTestTeam() {
      const slug = `team-${newId()}`;
      const email = `admin@${slug}.example`;
      const admin = { email, password: PASSWORD };
      const { id } = await createTeam(database.system, { name: 'Team', slug, admin });
      return { id, slug, email };
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
