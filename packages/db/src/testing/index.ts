// Test databases: empty, migrated, and on the engine of the vitest project.
import { openAsBlob } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { inject } from 'vitest';
import { connectPGlite, driverOptions } from '../open-pglite.ts';
import { open } from '../open.ts';
import { newDatabaseName, runAsAdmin, withDatabase } from './postgres-template.ts';
import type { TemplateSource } from './templates.ts';
import { toTestDatabase, type TestDatabase } from './test-database.ts';

export { createPlainDatabase, type PlainDatabase } from './create-plain-database.ts';
export { runAsAdmin } from './postgres-template.ts';
export { startDatabaseProxy, type DatabaseProxy } from './start-database-proxy.ts';
export { startPostgres, type PostgresServer } from './start-postgres.ts';
export type { TestDatabase } from './test-database.ts';

type PostgresSource = Extract<TemplateSource, { engine: 'postgres' }>;

/**
 * Creates a database for one test (`await using database = await createTestDatabase()`) or for a file (in `beforeAll`),
 * and drops it on dispose.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const source = injectTemplate();
  if (source.engine === 'pglite') {
    const loadDataDir = await openAsBlob(source.tarball);
    return toTestDatabase(await connectPGlite(await PGlite.create({ ...driverOptions, loadDataDir })), {
      engine: 'pglite',
    });
  }
  await using stack = new AsyncDisposableStack();
  const url = stack.adopt(await copyPostgres(source), (made) => dropPostgres(source, made));
  const database = stack.use(await openTestDatabase(url));
  const opened = stack.move();
  return { ...database, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/**
 * An empty, migrated database for a server process, which gets `env`. On PGlite, the database lies in `dataDir`, the process's
 * PARLEY_DATA_DIR.
 */
export async function createProcessDatabase(
  dataDir: string,
): Promise<AsyncDisposable & { env: Record<string, string> }> {
  const source = injectTemplate();
  if (source.engine === 'postgres') {
    const url = await copyPostgres(source);
    return { env: { DATABASE_URL: url }, [Symbol.asyncDispose]: () => dropPostgres(source, url) };
  }
  await mkdir(dataDir, { mode: 0o700 });
  const loadDataDir = await openAsBlob(source.tarball);
  const pglite = await PGlite.create({
    ...driverOptions,
    dataDir: path.join(dataDir, 'database'),
    loadDataDir,
  });
  await pglite.close();
  return { env: {}, [Symbol.asyncDispose]: async () => undefined };
}

function injectTemplate(): TemplateSource {
  const source = inject('parleyTemplate');
  if (source === undefined)
    throw new Error('Declare the vitest projects with databaseProjects(): see packages/db.');
  return source;
}

/** Returns the URL of the copy. */
async function copyPostgres({ adminUrl, name: template }: PostgresSource): Promise<string> {
  const name = newDatabaseName('test');
  await runAsAdmin(adminUrl, `create database ${name} template ${template}`);
  return withDatabase(adminUrl, name);
}

async function dropPostgres({ adminUrl }: PostgresSource, url: string): Promise<void> {
  await runAsAdmin(adminUrl, `drop database ${new URL(url).pathname.slice(1)} with (force)`);
}

/**
 * Opens an empty database on a Postgres server, for example from `startPostgres`. Dispose closes it but does not drop
 * it.
 */
export async function openTestDatabase(url: string): Promise<TestDatabase> {
  return toTestDatabase(await open({ url }), { engine: 'postgres', url });
}
