// A database for tests outside this repository: in memory, without a test runner, a server or a setting.
import { PGlite } from '@electric-sql/pglite';
import { migrate } from '../migrate.ts';
import { connectPGlite, driverOptions, pgliteSession } from '../open-pglite.ts';
import { toTestDatabase, type TestDatabase } from './test-database.ts';

let template: Promise<Blob> | undefined;

/** The first database of a process takes seconds to create; later ones are copies, and take a third of one. */
export async function createEmbeddedDatabase(): Promise<TestDatabase> {
  const loadDataDir = await (template ??= dumpPGlite());
  return toTestDatabase(await connectPGlite(await PGlite.create({ ...driverOptions, loadDataDir })), {
    engine: 'pglite',
  });
}

/** The files of an empty, migrated PGlite as a tarball. */
export async function dumpPGlite(): Promise<Blob> {
  const pglite = await PGlite.create(driverOptions);
  await migrate(pgliteSession(pglite));
  const dump = await pglite.dumpDataDir('none');
  await pglite.close();
  return dump;
}
