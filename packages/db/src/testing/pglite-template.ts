// The files of a migrated PGlite as a tarball. A new PGlite takes seconds to create; a copy takes a third of one.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parleyFiles } from '../migrate.ts';
import { dumpPGlite } from './embedded-database.ts';
import type { Template } from './templates.ts';

const cacheDir = fileURLToPath(new URL('../../node_modules/.cache/parley/', import.meta.url));

/** Cached for later runs while the schema and the PGlite version stay the same. */
export async function buildPGliteTemplate(): Promise<Template> {
  const name = `pglite-${await hashInputs()}.tar`;
  const tarball = path.join(cacheDir, name);
  if (!existsSync(tarball)) {
    await mkdir(cacheDir, { recursive: true });
    const outdated = (await readdir(cacheDir)).filter((other) => other.endsWith('.tar'));
    await Promise.all(outdated.map((other) => rm(path.join(cacheDir, other), { force: true })));
    // Written under a temporary name first, so that a concurrent run never sees a partial tarball.
    const draft = `${tarball}.${process.pid}`;
    await writeFile(draft, (await dumpPGlite()).stream());
    await rename(draft, tarball);
  }
  return { source: { engine: 'pglite', tarball }, remove: async () => undefined };
}

async function hashInputs(): Promise<string> {
  const { schemaFile, migrationsDir } = parleyFiles;
  const migrations = (await readdir(migrationsDir)).toSorted().map((name) => path.join(migrationsDir, name));
  const pgliteVersion = path.join(
    createRequire(import.meta.url).resolve('@electric-sql/pglite'),
    '../../package.json',
  );
  const hash = createHash('sha256');
  for (const file of [pgliteVersion, schemaFile, ...migrations]) hash.update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}
