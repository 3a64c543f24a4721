// Test databases: empty, migrated, and on the engine of the vitest project.
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

export { createPlainDatabase, type PlainDatabase } from './create-plain-database.ts';
export { startDatabaseProxy, type DatabaseProxy } from './start-database-proxy.ts';
export { startPostgres, type PostgresServer } from './start-postgres.ts';

export interface TestDatabase extends AsyncDisposable {
  /** For setup and checks: a superuser's handle that row-level security does not limit. */
  db: Kysely<DB>;
  /** The handle from `open()`, for the code under test. */
  system: Kysely<DB>;
  engine: TemplateSource['engine'];
  /** The URL for code that opens its own connections. Postgres only. */
  url?: string;
}

/**
 * Creates a database for one test (`await using database = await createTestDatabase()`) or for a file (in `beforeAll`),
 * and drops it on dispose.
 */
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

/**
 * Opens an empty database on a Postgres server, for example from `startPostgres`. Dispose closes it but does not drop
 * it.
 */
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
