import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export async function createTemporaryDir(): Promise<{ dir: string } & AsyncDisposable> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'parley-test-'));
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}
