// An empty database, without the schema, on the engine of the vitest project.
import { openAsBlob } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { inject } from 'vitest';
import type { MigrationSession } from '../src/migrate.ts';
import { driverOptions, pgliteSession } from '../src/open-pglite.ts';
import { postgresSession } from '../src/open-postgres.ts';
import { newDatabaseName, runAsAdmin, withDatabase } from '../src/testing/postgres-template.ts';

export async function createEmptyDatabase(): Promise<{ session: MigrationSession } & AsyncDisposable> {
  const source = inject('parleyTemplate');
  if (source.engine === 'postgres') {
    const database = await createEmptyPostgres();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const dispose = async () => {
      await client.end();
      await database[Symbol.asyncDispose]();
    };
    return { session: postgresSession(client), [Symbol.asyncDispose]: dispose };
  }
  const pglite = await PGlite.create({ ...driverOptions, loadDataDir: await openAsBlob(source.tarball) });
  await pglite.exec('drop schema public cascade; create schema public');
  return { session: pgliteSession(pglite), [Symbol.asyncDispose]: () => pglite.close() };
}

export async function createEmptyPostgres(): Promise<{ url: string; adminUrl: string } & AsyncDisposable> {
  const source = inject('parleyTemplate');
  if (source.engine !== 'postgres') throw new Error('This is not the Postgres project');
  const { adminUrl } = source;
  const name = newDatabaseName('test');
  await runAsAdmin(adminUrl, `create database ${name}`);
  const dispose = async () => {
    await runAsAdmin(adminUrl, `drop database ${name} with (force)`);
  };
  return { url: withDatabase(adminUrl, name), adminUrl, [Symbol.asyncDispose]: dispose };
}
