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

export interface TestDatabase extends AsyncDisposable {
  db: Kysely<DB>;
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
  const db = await connectPGlite(pglite);
  return { db, engine: 'pglite', [Symbol.asyncDispose]: () => db.destroy() };
}

async function copyPostgres(adminUrl: string, template: string): Promise<TestDatabase> {
  const name = newDatabaseName('test');
  await runAsAdmin(adminUrl, `create database ${name} template ${template}`);
  const url = withDatabase(adminUrl, name);
  const db = await open({ url });
  return {
    db,
    engine: 'postgres',
    url,
    [Symbol.asyncDispose]: async () => {
      await db.destroy();
      await runAsAdmin(adminUrl, `drop database ${name} with (force)`);
    },
  };
}
