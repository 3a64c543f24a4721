// A migrated database that `create database ... template` copies for each test file.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { open } from '../open.ts';
import { startPostgres } from './start-postgres.ts';
import type { Template } from './templates.ts';

/** On the server at `TEST_DATABASE_URL`, which must allow us to create databases, or on a server started here. */
export async function buildPostgresTemplate(): Promise<Template> {
  const givenUrl = process.env['TEST_DATABASE_URL'];
  const server =
    givenUrl === undefined ? await startPostgres() : { url: givenUrl, stop: async () => undefined };
  const name = newDatabaseName('template');
  await runAsAdmin(server.url, `create database ${name}`);
  const db = await open({ url: withDatabase(server.url, name) });
  await db.destroy();
  // A database with open connections cannot be copied.
  await runAsAdmin(server.url, `alter database ${name} with is_template true allow_connections false`);
  return {
    source: { engine: 'postgres', adminUrl: server.url, name },
    remove: async () => {
      await runAsAdmin(server.url, `alter database ${name} with is_template false`);
      await runAsAdmin(server.url, `drop database ${name}`);
      await server.stop();
    },
  };
}

/** A name that no concurrent run on the same server uses. */
export function newDatabaseName(kind: 'template' | 'test'): string {
  return `parley_${kind}_${randomUUID().replaceAll('-', '')}`;
}

/** Opens a connection, runs one statement, and returns its rows. */
export async function runAsAdmin(adminUrl: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    return (await client.query<pg.QueryResultRow>(statement)).rows;
  } finally {
    await client.end();
  }
}

export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
