// Stores the login between commands, in a file that only its owner can read: its content is enough to log in.
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

/** @throws CommandError SESSION_FILE_UNUSABLE if others can read the file, or it is damaged */
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

/** Replaces the file atomically: a concurrent command reads the old session or the new one. */
export async function writeSession(file: string, { url, email, jar }: StoredSession): Promise<void> {
  const cookies = JSON.stringify(await jar.serialize());
  const unfinished = `${file}.${process.pid}`;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(unfinished, `${JSON.stringify({ url, email, cookies })}\n`, { mode: 0o600 });
  // The umask may have reduced the mode, and an existing file keeps its own.
  await chmod(unfinished, 0o600);
  await rename(unfinished, file);
}

export async function removeSession(file: string): Promise<void> {
  await rm(file, { force: true });
}

async function readPrivate(file: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(file);
    // Windows has no such modes: the user's folder protects the file.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new CommandError(
        `Other users can read ${file}, which contains your login. Run: chmod 600 ${file}`,
        {
          reason: 'SESSION_FILE_UNUSABLE',
          exitCode: exitCode.usage,
        },
      );
    }
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
