// Builds the page once, before all suites.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export function setup(): void {
  const ensurePage = fileURLToPath(new URL('../../../apps/web/scripts/ensure-page.ts', import.meta.url));
  execFileSync(process.execPath, [ensurePage], { stdio: ['ignore', 'ignore', 'inherit'] });
}
