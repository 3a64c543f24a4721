// Reads the package.json of the sources.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PublishedPackage } from './published-packages.ts';

export interface SourceManifest {
  name: string;
  version: string;
  description: string;
  license: string;
  exports: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

export async function readManifest(folder: string): Promise<SourceManifest> {
  return JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
}

export interface Entry {
  /** What programs import: `.`, or `./testing`. */
  subpath: string;
  /** The source file, from the package's folder. */
  file: string;
  /** The built file's name, without its extension. */
  name: string;
}

export async function listEntries(published: PublishedPackage, source: string): Promise<Entry[]> {
  const entries = published.entries ?? (await readManifest(source)).exports;
  return Object.entries(entries).map(([subpath, file]) => ({
    subpath,
    file,
    name: subpath === '.' ? 'index' : subpath.slice('./'.length),
  }));
}
