// Writes docs/permissions.md, the table of who may call which procedure, from the router. With --check it only compares.
import { readFile, writeFile } from 'node:fs/promises';
import { appRouter } from '../src/root.ts';
import { describePermissions } from '../src/rest/describe-permissions.ts';

const file = new URL('../../../docs/permissions.md', import.meta.url);
const generated = describePermissions(appRouter);

if (process.argv.includes('--check')) {
  const committed = await readFile(file, 'utf8').catch(() => '');
  if (committed !== generated) {
    console.error('docs/permissions.md differs from the router: run `pnpm generate`, and commit it.');
    process.exitCode = 1;
  }
} else {
  await writeFile(file, generated);
}
