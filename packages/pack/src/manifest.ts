// The package.json of a published package.
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { PublishedPackage } from './published-packages.ts';
import { listEntries, readManifest } from './source-manifest.ts';

export interface ManifestOptions {
  published: PublishedPackage;
  /** The package's folder. */
  source: string;
  root: string;
  version: string;
  /** The packages that the built files import. */
  imports: readonly string[];
}

export interface PublishedManifest {
  name: string;
  [field: string]: unknown;
}

export async function createManifest(options: ManifestOptions): Promise<PublishedManifest> {
  const { published, source, root, version, imports } = options;
  const { name, description, license, peerDependencies, peerDependenciesMeta } = await readManifest(source);
  const peers = Object.keys(peerDependencies ?? {});
  const entries = await listEntries(published, source);
  const versionsOf = (names: readonly string[]): Record<string, string> =>
    Object.fromEntries(
      names.toSorted().map((dependency) => [dependency, `^${installedVersion(root, dependency)}`]),
    );
  return {
    ...{ name, version, description, license },
    type: 'module',
    sideEffects: false,
    engines: { node: published.node },
    exports: Object.fromEntries([
      ...entries.map((entry) => [
        entry.subpath,
        { types: `./dist/${entry.name}.d.ts`, default: `./dist/${entry.name}.js` },
      ]),
      ['./package.json', './package.json'],
    ]),
    files: published.hasDatabase ? ['dist', 'database'] : ['dist'],
    dependencies: versionsOf(imports.filter((dependency) => !peers.includes(dependency))),
    ...(peers.length === 0 ? {} : { peerDependencies, peerDependenciesMeta }),
  };
}

/** The version that the tests have run with. */
function installedVersion(root: string, dependency: string): string {
  const file = globSync('packages/*/node_modules/', { cwd: root })
    .map((modules) => path.join(root, modules, dependency, 'package.json'))
    .find((candidate) => existsSync(candidate));
  if (file === undefined) throw new Error(`No package has ${dependency} among its dependencies.`);
  const { version } = JSON.parse(readFileSync(file, 'utf8'));
  return version;
}
