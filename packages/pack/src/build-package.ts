// Compiles one package to ESM and bundles its declarations.
import { build, type TsdownPlugin } from 'tsdown';
import type { PublishedPackage } from './published-packages.ts';
import { listEntries } from './source-manifest.ts';

export interface BuildOptions {
  published: PublishedPackage;
  /** The package's folder. */
  source: string;
  outDir: string;
}

export interface BuiltPackage {
  /** The packages that the built files import, declarations included. */
  imports: string[];
  /** The folders of the packages that are part of the built files. */
  inlined: string[];
}

export async function buildPackage({ published, source, outDir }: BuildOptions): Promise<BuiltPackage> {
  const entries = await listEntries(published, source);
  const { bundles } = await build({
    config: false,
    cwd: source,
    entry: Object.fromEntries(entries.map(({ name, file }) => [name, file])),
    outDir,
    format: 'esm',
    platform: published.platform,
    target: published.target,
    tsconfig: 'tsconfig.pack.json',
    dts: true,
    fixedExtension: false,
    clean: false,
    report: false,
    logLevel: 'warn',
    failOnWarn: true,
    // The compiler takes most of the time; TypeScript 7.1 will have the interface that the plugin prefers to the command.
    checks: { pluginTimings: false },
    suppressWarnings: [/generator on TypeScript 7\.0 is deprecated/],
    // An index file contributes only what the entries use.
    treeshake: { moduleSideEffects: false },
    deps: { neverBundle: true, alwaysBundle: [...published.bundled], onlyBundle: false },
    plugins: published.hasDatabase ? [databaseFiles()] : [],
  });
  const chunks = bundles.flatMap((bundle) => bundle.chunks).filter((chunk) => chunk.type === 'chunk');
  const files = new Set(chunks.map(({ fileName }) => fileName));
  const external = chunks
    // `imports` also has those of declarations that were left out.
    .flatMap(({ code, imports, dynamicImports }) =>
      [...imports, ...dynamicImports].filter((id) => code.includes(`"${id}"`)),
    )
    .filter((id) => !files.has(id) && !id.startsWith('node:'));
  const folders = chunks
    .flatMap(({ moduleIds }) => moduleIds.map(folderOf))
    .filter((folder) => folder !== '');
  return { imports: [...new Set(external.map(packageOf))], inlined: [...new Set(folders)].toSorted() };
}

/** `@trpc/server/observable` is of `@trpc/server`. */
function packageOf(id: string): string {
  return id
    .split('/')
    .slice(0, id.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The folder of the package in node_modules that a module is of; empty for our own. */
function folderOf(moduleId: string): string {
  return /^\0?(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(moduleId)?.[1] ?? '';
}

const databasePaths = {
  '../../../schema.sql': '../database/schema.sql',
  '../migrations': '../database/migrations',
};

/** The repository has the schema in its root and the migrations in packages/db; the package has both in database/. */
function databaseFiles(): TsdownPlugin {
  return {
    name: 'parley:database-files',
    transform: {
      filter: { id: /packages\/db\/src\/migrate\.ts$/ },
      handler(code) {
        return Object.entries(databasePaths).reduce((text, [from, to]) => {
          if (!text.includes(`'${from}'`)) throw new Error(`migrate.ts does not name ${from} any more.`);
          return text.replace(`'${from}'`, `'${to}'`);
        }, code);
      },
    },
  };
}
