// Where the built page is. Each build has a folder of its own, named after what it was made from: a server goes on
// with the one it began with, whatever is built beside it.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const distDir = fileURLToPath(new URL('../dist', import.meta.url));

/** The name of the folder in use is in this file. */
export const currentFile = path.join(distDir, 'current');

/** The folder of the page that is in use; undefined where none was built. */
export function findBuiltPage(): string | undefined {
  if (!existsSync(currentFile)) return undefined;
  const dir = path.join(distDir, readFileSync(currentFile, 'utf8').trim());
  return existsSync(path.join(dir, 'index.html')) ? dir : undefined;
}
