// Finds the built page. Each build has its own folder, named after the hash of its sources, so that a running server
// keeps serving the build it started with.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const distDir = fileURLToPath(new URL('../dist', import.meta.url));

/** Holds the name of the current build's folder. */
export const currentFile = path.join(distDir, 'current');

/** The folder of the current build; undefined before the first build. */
export function findBuiltPage(): string | undefined {
  if (!existsSync(currentFile)) return undefined;
  const dir = path.join(distDir, readFileSync(currentFile, 'utf8').trim());
  return existsSync(path.join(dir, 'index.html')) ? dir : undefined;
}
