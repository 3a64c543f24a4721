// The lint enforces what ARCHITECTURE.md says of imports: it runs once, with this repository's configuration, on planted files.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';

const circles = {
  'packages/runs/src/first.ts': `import type { Second } from './second.ts';\nexport type First = Second[];\n`,
  'packages/runs/src/second.ts': `import type { First } from './first.ts';\nexport type Second = { first: First };\n`,
  'apps/cli/src/one.ts': `export type { Two } from './two.ts';\nexport type One = 1;\n`,
  'apps/cli/src/two.ts': `export type { Three } from './three.ts';\nexport type Two = 2;\n`,
  'apps/cli/src/three.ts': `import { type One } from './one.ts';\nexport type Three = One | 2;\n`,
};
const againstTheLayers = {
  'packages/db/src/imports-runs.ts': `import type { Runs } from '@parley/runs';\nexport type X = Runs;\n`,
  'packages/runs/tests/imports-api.ts': `export { createTestApi } from '@parley/api/testing';\n`,
  'packages/api/src/imports-a-file-of-an-app.ts': `export { startServer } from '../../../apps/server/src/start-server.ts';\n`,
  'packages/api/src/imports-client.ts': `export const client = () => import('@parley/client');\n`,
  'packages/client/src/imports-code-of-api.ts': `export { createServices } from '@parley/api';\n`,
  'packages/client/src/imports-types-of-db.ts': `import type { Database } from '@parley/db';\nexport type X = Database;\n`,
  'apps/web/src/imports-api.ts': `import type { AppRouter } from '@parley/api';\nexport type X = AppRouter;\n`,
};
const allowed = {
  'packages/client/src/imports-types-of-api.ts': `import type { AppRouter } from '@parley/api';\nexport type X = AppRouter;\n`,
  'apps/web/src/imports-client.ts': `export { createClient } from '@parley/client';\n`,
};

let findings: { code: string; filename: string }[];

beforeAll(() => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const copy = mkdtempSync(path.join(tmpdir(), 'parley-lint-'));
  try {
    copyFileSync(path.join(root, 'oxlint.config.ts'), path.join(copy, 'oxlint.config.ts'));
    symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
    for (const [file, text] of Object.entries({ ...circles, ...againstTheLayers, ...allowed })) {
      mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
      writeFileSync(path.join(copy, file), text);
    }
    const oxlint = path.join(root, 'node_modules/oxlint/bin/oxlint');
    const { stdout } = spawnSync(process.execPath, [oxlint, '--format=json', 'packages', 'apps'], {
      cwd: copy,
      encoding: 'utf8',
    });
    ({ diagnostics: findings } = JSON.parse(stdout) as { diagnostics: typeof findings });
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
});

const filesThatBreak = (rule: string): string[] =>
  findings.filter(({ code }) => code === rule).map(({ filename }) => filename);

test('files that import types of each other in a circle fail the lint', () => {
  expect(filesThatBreak('import(no-cycle)').toSorted()).toEqual(Object.keys(circles).toSorted());
});

test('an import against the direction of the packages fails the lint', () => {
  const expected = Object.keys(againstTheLayers).toSorted();
  expect(filesThatBreak('eslint(no-restricted-imports)').toSorted()).toEqual(expected);
});

test('imports along the direction of the packages pass the lint', () => {
  const passing = findings.filter(({ filename }) => filename in allowed);
  expect(passing).toEqual([]);
});
