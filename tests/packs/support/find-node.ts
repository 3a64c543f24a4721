// A Node.js of an older major version, to run what is published for it.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The machine's own, if its PATH has one, or else one from npm. */
export async function findNode(major: number): Promise<string> {
  const isWanted = (file: string): boolean =>
    existsSync(file) && execFileSync(file, ['--version'], { encoding: 'utf8' }).startsWith(`v${major}.`);
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.map((folder) => path.join(folder, 'node')).find(isWanted) ?? installNode(major);
}

async function installNode(major: number): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  const dir = await mkdtemp(path.join(tmpdir(), 'parley-node-'));
  execFileSync('npm', ['install', '--prefix', dir, '--no-audit', '--no-fund', `${name}@${major}`], {
    stdio: 'ignore',
  });
  return path.join(dir, 'node_modules', name, 'bin/node');
}
