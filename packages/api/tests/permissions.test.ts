import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { describePermissions } from '../src/rest/describe-permissions.ts';
import { appRouter } from '../src/root.ts';

test('docs/permissions.md lists every procedure with the access that the router declares', async () => {
  const file = new URL('../../../docs/permissions.md', import.meta.url);
  expect(await readFile(file, 'utf8')).toBe(describePermissions(appRouter));
});
