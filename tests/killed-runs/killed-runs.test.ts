// A killed run of the suites leaves no server, agent or database behind. packages/testing has the mechanism.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { endWithParent } from '@parley/testing';
import { expect, test } from 'vitest';
import { listProcessTree, stillRunning } from './processes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const config = fileURLToPath(new URL('fixture/vitest.config.ts', import.meta.url));

test.for([
  ['npm', /^npm /],
  ['the script that npm runs', /with-toolchain\.mjs/],
  ['vitest', /vitest\.mjs run/],
] as const)(
  '10 s after %s is killed with SIGKILL, no process of the run is left, and no data of its Postgres',
  async ([, command]) => {
    const dir = mkdtempSync(path.join(tmpdir(), 'parley-killed-run-'));
    const run = endWithParent(
      spawn('npm', ['test', '--', '--config', config], {
        cwd: root,
        env: { ...process.env, FIXTURE_DIR: dir },
        stdio: 'ignore',
      }),
    );
    await expect.poll(() => existsSync(path.join(dir, 'ready')), { timeout: 60_000 }).toBe(true);
    const tree = listProcessTree(run.pid ?? 0);
    // The suite would also pass if it overlooked the processes.
    for (const part of [
      /server\/src\/main\.ts/,
      /demo-agent\/src\/main\.ts/,
      /postgres -D/,
      /workers\/forks/,
    ])
      expect(tree.map((one) => one.command)).toContainEqual(expect.stringMatching(part));

    const victim = tree.find((one) => command.test(one.command));
    // Without this check, the signal would go to pid 0: the process group of this run.
    if (victim === undefined) throw new Error(`no process of the run matches ${command}`);
    process.kill(victim.pid, 'SIGKILL');
    await expect.poll(() => stillRunning(tree), { timeout: 10_000 }).toEqual([]);
    const [, data = ''] = / -D (\S+)/.exec(tree.map((one) => one.command).join('\n')) ?? [];
    expect(data).toContain(tmpdir());
    await expect.poll(() => existsSync(data), { timeout: 10_000 }).toBe(false);
    rmSync(dir, { recursive: true });
  },
);
