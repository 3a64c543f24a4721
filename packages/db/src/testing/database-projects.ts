// For vitest.config.ts: runs a package's suites on both engines. Apart from index.ts, which only tests may import.
import { fileURLToPath } from 'node:url';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import { findPostgresPackage } from './postgres-binaries.ts';

/**
 * The projects `pglite` and `postgres`, which inherit the options of the config that declares them:
 *
 *   defineConfig({ test: { name: 'api', projects: databaseProjects() } })
 *
 * makes `api (pglite)` and `api (postgres)`; `vitest --project api` runs both.
 * A file named `x.postgres.test.ts` or `x.pglite.test.ts` runs on that engine alone.
 * Where there is no Postgres, its project is left out with a warning; in CI that is an error.
 */
export function databaseProjects(): TestProjectInlineConfiguration[] {
  const pglite = projectOn('pglite');
  if (process.env['TEST_DATABASE_URL'] !== undefined || findPostgresPackage() !== undefined) {
    return [pglite, projectOn('postgres')];
  }
  const problem = `There is no Postgres for ${process.platform}-${process.arch} on npm. Set TEST_DATABASE_URL to a server where databases may be created.`;
  if (process.env['CI']) throw new Error(problem);
  console.warn(`\n*** The Postgres suites are SKIPPED. ${problem} ***\n`);
  return [pglite];
}

function projectOn(engine: 'pglite' | 'postgres'): TestProjectInlineConfiguration {
  const globalSetup = fileURLToPath(new URL(`setup-${engine}.ts`, import.meta.url));
  const other = engine === 'pglite' ? 'postgres' : 'pglite';
  return { extends: true, test: { name: engine, globalSetup, exclude: [`**/*.${other}.test.ts`] } };
}
