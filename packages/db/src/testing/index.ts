// For tests only: a database of their own, empty and migrated, on the engine of the vitest project they run in.
import { openAsBlob } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import type { Kysely } from 'kysely';
import { inject } from 'vitest';
import type { DB } from '../generated/database.ts';
import { connectPGlite, driverOptions } from '../open-pglite.ts';
import { open } from '../open.ts';
import { newDatabaseName, runAsAdmin, withDatabase } from './postgres-template.ts';
import type { TemplateSource } from './templates.ts';
import { withoutScope } from './without-scope.ts';

export { startDatabaseProxy, type DatabaseProxy } from './start-database-proxy.ts';
export { startPostgres, type PostgresServer } from './start-postgres.ts';

export interface TestDatabase extends AsyncDisposable {
  /** For a test to prepare and to look at: it may do everything, and row-level security does not hold it back. */
  db: Kysely<DB>;
  /** What `open()` gives, for what is tested. */
  system: Kysely<DB>;
  engine: TemplateSource['engine'];
  /** Of this database, for those that open connections of their own. Postgres only. */
  url?: string;
}

/** `await using database = await createTestDatabase()`, or once a file in `beforeAll`. Gone when disposed of. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const source = inject('parleyTemplate');
  if (source === undefined)
    throw new Error('Declare the vitest projects with databaseProjects(): see packages/db.');
  return source.engine === 'pglite' ? copyPGlite(source.tarball) : copyPostgres(source.adminUrl, source.name);
}

async function copyPGlite(tarball: string): Promise<TestDatabase> {
  const pglite = await PGlite.create({ ...driverOptions, loadDataDir: await openAsBlob(tarball) });
  const system = await connectPGlite(pglite);
  return {
    db: withoutScope(system),
    system,
    engine: 'pglite',
    [Symbol.asyncDispose]: () => system.destroy(),
  };
}

async function copyPostgres(adminUrl: string, template: string): Promise<TestDatabase> {
  const name = newDatabaseName('test');
  await runAsAdmin(adminUrl, `create database ${name} template ${template}`);
  const database = await openTestDatabase(withDatabase(adminUrl, name));
  return {
    ...database,
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]();
      await runAsAdmin(adminUrl, `drop database ${name} with (force)`);
    },
  };
}

/** An empty database of the test's own on a Postgres server, as from `startPostgres`. It is left there. */
export async function openTestDatabase(url: string): Promise<TestDatabase> {
  const system = await open({ url });
  return {
    db: withoutScope(system),
    system,
    engine: 'postgres',
    url,
    [Symbol.asyncDispose]: () => system.destroy(),
  };
}
