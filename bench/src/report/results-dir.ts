import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const resultsDir = fileURLToPath(new URL('../../results', import.meta.url));

/** Where a profile is written, for Chrome's DevTools or for VS Code. */
export function profileFile(name: string): string {
  return path.join(resultsDir, `${name}.cpuprofile`);
}
