import { execFile } from 'node:child_process';
import { open, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** A small file system in memory, which a test can fill. */
export interface SmallDisk {
  /** Leaves no free byte. */
  fill(): Promise<void>;
  /** Removes what `fill` wrote. */
  free(): Promise<void>;
  unmount(): Promise<void>;
}

const CHUNK_BYTES = 1_048_576;
const PAGE_BYTES = 4_096;

/** Mounts it on a folder. Returns undefined where that is not permitted: it takes Linux, and root with CAP_SYS_ADMIN. */
export async function mountSmallDisk(dir: string, megabytes: number): Promise<SmallDisk | undefined> {
  const run = promisify(execFile);
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', dir]);
  } catch {
    return undefined;
  }
  const ballast = path.join(dir, 'ballast');
  return {
    async fill() {
      const file = await open(ballast, 'a');
      try {
        for (const bytes of [CHUNK_BYTES, PAGE_BYTES]) {
          const zeros = Buffer.alloc(bytes);
          while (await isWritten(() => file.appendFile(zeros)));
        }
      } finally {
        await file.close();
      }
    },
    free: () => rm(ballast, { force: true }),
    unmount: async () => void (await run('umount', ['-l', dir])),
  };
}

async function isWritten(write: () => Promise<void>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false;
    throw error;
  }
}
