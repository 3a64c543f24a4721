// Where a login is kept between commands: a file that nobody but its owner may read, since whoever has it is logged in.
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CookieJar } from 'tough-cookie';
import { z } from 'zod';
import { CommandError } from '../command-error.ts';
import { exitCode } from '../exit-code.ts';

export interface StoredSession {
  url: string;
  email: string;
  jar: CookieJar;
}

const fileSchema = z.object({ url: z.string(), email: z.string(), cookies: z.string() });

/** @throws CommandError where others may read the file, or where it cannot be read as one */
export async function readSession(file: string): Promise<StoredSession | undefined> {
  const text = await readPrivate(file);
  if (text === undefined) return undefined;
  try {
    const { url, email, cookies } = fileSchema.parse(JSON.parse(text));
    return { url, email, jar: await CookieJar.deserialize(cookies) };
  } catch (cause) {
    throw new CommandError(`${file} is damaged. Log in again: parley login --email <email>`, {
      reason: 'SESSION_FILE_UNUSABLE',
      exitCode: exitCode.loginRequired,
      cause,
    });
  }
}

/** In one step: a command that reads it at the same moment finds the old session or the new one. */
export async function writeSession(file: string, { url, email, jar }: StoredSession): Promise<void> {
  const cookies = JSON.stringify(await jar.serialize());
  const unfinished = `${file}.${process.pid}`;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(unfinished, `${JSON.stringify({ url, email, cookies })}\n`, { mode: 0o600 });
  // The mode above is for a new file, and less what the umask takes away.
  await chmod(unfinished, 0o600);
  await rename(unfinished, file);
}

export async function removeSession(file: string): Promise<void> {
  await rm(file, { force: true });
}

async function readPrivate(file: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(file);
    // Windows has no such modes: there, the folder of the user protects it.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new CommandError(`Others may read ${file}, which is a login. Run: chmod 600 ${file}`, {
        reason: 'SESSION_FILE_UNUSABLE',
        exitCode: exitCode.usage,
      });
    }
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
