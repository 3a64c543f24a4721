// For vitest.config.ts: which engine the suites of a package run on. Apart from index.ts, which only tests may import.
import { fileURLToPath } from 'node:url';
import type { TestProjectInlineConfiguration } from 'vitest/config';
import { findPostgresPackage } from './postgres-binaries.ts';

type Engine = 'pglite' | 'postgres';

const hasPostgres = process.env['TEST_DATABASE_URL'] !== undefined || findPostgresPackage() !== undefined;
const isCI = process.env['CI'] !== undefined;

export interface DatabaseProjectsOptions {
  /** Globs of the package's suites. */
  include: string[];
  /**
   * The suites for which the engine matters, without `CI`; default: all. The others run on Postgres alone, where there is one.
   */
  onBothEngines?: string[];
  /** The same with `CI`; default: all. */
  onBothEnginesInCI?: string[];
  /** Globs of suites to leave out. */
  exclude?: string[];
}

/**
 * The projects `pglite` and `postgres`, which inherit the options of the config that declares them:
 *
 *   defineConfig({ test: { name: 'api', projects: databaseProjects({ include: ['tests/**\/*.test.ts'] }) } })
 *
 * makes `api (pglite)` and `api (postgres)`; `vitest --project 'api*'` runs both.
 * A file named `x.postgres.test.ts` or `x.pglite.test.ts` runs on that engine alone.
 * Without a Postgres, its project is left out with a warning; with `CI` set, that is an error.
 */
export function databaseProjects({
  include,
  onBothEngines = include,
  onBothEnginesInCI = include,
  exclude = [],
}: DatabaseProjectsOptions): TestProjectInlineConfiguration[] {
  if (hasPostgres) {
    const onPGlite = isCI ? onBothEnginesInCI : onBothEngines;
    return [
      projectOn('pglite', [...onPGlite, 'tests/**/*.pglite.test.ts'], exclude),
      projectOn('postgres', include, exclude),
    ];
  }
  const problem = `There is no Postgres for ${process.platform}-${process.arch} on npm. Set TEST_DATABASE_URL to a server where databases may be created.`;
  if (isCI) throw new Error(problem);
  console.warn(`\n*** The Postgres suites are SKIPPED. ${problem} ***\n`);
  return [projectOn('pglite', include, exclude)];
}

/** The global setup of a project that needs a database of either engine: Postgres is the faster one. */
export function databaseSetup(): string {
  return setupFile(hasPostgres ? 'postgres' : 'pglite');
}

function projectOn(engine: Engine, include: string[], exclude: string[]): TestProjectInlineConfiguration {
  const other = engine === 'pglite' ? 'postgres' : 'pglite';
  return {
    extends: true,
    test: {
      name: engine,
      include,
      globalSetup: setupFile(engine),
      exclude: [`**/*.${other}.test.ts`, ...exclude],
    },
  };
}

function setupFile(engine: Engine): string {
  return fileURLToPath(new URL(`setup-${engine}.ts`, import.meta.url));
}
