// Builds the published packages and writes their tarballs: packs/parley-client-0.2.0.tgz and so on.
import { execFile } from 'node:child_process';
import { cp, glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buildPackage } from './build-package.ts';
import { createManifest } from './manifest.ts';
import { publishedPackages, type PublishedPackage } from './published-packages.ts';
import { readManifest } from './source-manifest.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The server serves the client's tarball from here. */
const packsDir = path.join(root, 'packs');

/** @returns the tarballs' files by the names of their packages */
export async function pack(): Promise<Map<string, string>> {
  await mkdir(packsDir, { recursive: true });
  const { version } = await readManifest(root);
  const tarballs = new Map<string, string>();
  for (const published of publishedPackages) {
    const [name, tarball] = await packOne(published, version);
    tarballs.set(name, tarball);
  }
  return tarballs;
}

/** The package is assembled in a temporary folder beside the tarballs. */
async function packOne(published: PublishedPackage, version: string): Promise<[string, string]> {
  const source = path.join(root, 'packages', published.dir);
  const staging = await mkdtemp(path.join(packsDir, `.${published.dir}-`));
  try {
    const { imports, inlined } = await buildPackage({
      published,
      source,
      outDir: path.join(staging, 'dist'),
    });
    const manifest = await createManifest({ published, source, root, version, imports });
    await writeFile(path.join(staging, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    await writeFile(path.join(staging, 'LICENSE'), await readLicenses([root, ...inlined]));
    await writeFile(path.join(staging, 'README.md'), await readReadme(source));
    if (published.hasDatabase) await copyDatabase(path.join(staging, 'database'));
    const tarball = await packFolder(staging);
    return [manifest.name, tarball];
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** Ours, and those of the packages that are part of the built files. */
async function readLicenses(folders: readonly string[]): Promise<string> {
  const texts = await Promise.all(
    folders.map(async (folder) => {
      const [file] = await Array.fromAsync(glob('{LICENSE,LICENCE,license}*', { cwd: folder }));
      if (file === undefined) throw new Error(`${folder} has no license.`);
      const { name } = await readManifest(folder);
      return `${name}\n\n${(await readFile(path.join(folder, file), 'utf8')).trim()}\n`;
    }),
  );
  return texts.join('\n---\n\n');
}

async function copyDatabase(target: string): Promise<void> {
  await mkdir(target);
  await cp(path.join(root, 'schema.sql'), path.join(target, 'schema.sql'));
  await cp(path.join(root, 'packages/db/migrations'), path.join(target, 'migrations'), { recursive: true });
}

/** Links to other files of the repository lead nowhere in a package: their text stays. */
async function readReadme(source: string): Promise<string> {
  const text = await readFile(path.join(source, 'README.md'), 'utf8');
  return text.replaceAll(/\[([^\]]+)\]\(\.\.?\/[^)]*\)/g, '$1');
}

async function packFolder(folder: string): Promise<string> {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', packsDir];
  const { stdout } = await promisify(execFile)('npm', args, {
    cwd: folder,
    shell: process.platform === 'win32',
  });
  const fileName = /"filename": "([^"]+)"/.exec(stdout)?.[1];
  if (fileName === undefined) throw new Error(`npm pack named no file: ${stdout}`);
  return path.join(packsDir, path.basename(fileName));
}
