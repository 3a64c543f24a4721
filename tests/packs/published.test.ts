// The tarballs themselves, as the tools of package authors see them.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { build } from 'rolldown';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { installPacked, type Project } from './support/project.ts';

/** Compressed, for a page that logs in, sends and streams. */
const MAX_CLIENT_KIB = 20;

const root = fileURLToPath(new URL('../../', import.meta.url));
const tarballs = Object.entries(inject('tarballs'));

describe.each(tarballs)('%s', (name, tarball) => {
  test('publint finds nothing', async () => {
    const { buffer } = readTarball(tarball);
    const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test('its types resolve as ESM, for Node and for bundlers', async () => {
    const { bytes } = readTarball(tarball);
    const result = await checkPackage(createPackageFromTarballData(bytes));
    if (result.types === false) throw new Error(`${name} has no types`);
    // It is ESM alone: what CommonJS and resolution before `exports` see does not count.
    const problems = result.problems.filter(
      (problem) =>
        !('resolutionKind' in problem) || !['node10', 'node16-cjs'].includes(problem.resolutionKind),
    );
    expect(problems).toEqual([]);
  });

  test('its version is the repository’s, and nothing in it points to the workspace', () => {
    const manifest: Record<string, unknown> = JSON.parse(fileIn(tarball, 'package/package.json'));
    const { version }: { version: string } = JSON.parse(
      readFileSync(path.join(root, 'package.json'), 'utf8'),
    );
    expect(manifest['version']).toBe(version);
    expect(JSON.stringify(manifest)).not.toMatch(/workspace:|catalog:|\.ts"(?<!\.d\.ts")|src\//);
    expect(manifest['scripts']).toBeUndefined();
  });

  test('it has built files, a README and a license, and no sources', () => {
    const files = execFileSync('tar', ['tzf', tarball], { encoding: 'utf8' }).trim().split('\n');
    expect(files).toEqual(
      expect.arrayContaining(['package/README.md', 'package/LICENSE', 'package/dist/index.js']),
    );
    expect(files.filter((file) => !/\.(js|d\.ts|sql|json|md)$|LICENSE$/.test(file))).toEqual([]);
    expect(files.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))).toEqual([]);
  });
});

test('all packages of the repository have one version', () => {
  const folders = ['packages', 'apps'].flatMap((parent) =>
    readdirSync(path.join(root, parent)).map((name) => path.join(root, parent, name)),
  );
  const versions = [root, path.join(root, 'tests'), path.join(root, 'bench'), ...folders].map((folder) => {
    const { version }: { version: string } = JSON.parse(
      readFileSync(path.join(folder, 'package.json'), 'utf8'),
    );
    return version;
  });
  expect(versions.length).toBeGreaterThan(10);
  expect(new Set(versions).size).toBe(1);
});

describe('the client', () => {
  let project: Project;

  beforeAll(async () => {
    project = await installPacked({ '@parley/client': '*' });
  });

  afterAll(() => project[Symbol.asyncDispose]());

  test('its declarations name no package but tRPC, and those that the entry is for', async () => {
    const dist = path.join(project.dir, 'node_modules/@parley/client/dist');
    const packages = new Map<string, Set<string>>();
    for (const file of readdirSync(dist).filter((name) => name.endsWith('.d.ts'))) {
      const declarations = await readFile(path.join(dist, file), 'utf8');
      expect(declarations).not.toMatch(/zod|kysely|@parley\//i);
      const imports = [...declarations.matchAll(/(?:from |import\()["']([^."'][^"']*)/g)];
      packages.set(file, new Set(imports.map(([, from = '']) => from.replace(/^@trpc\/.*/, '@trpc'))));
    }
    const { 'react.d.ts': react, 'ai-sdk.d.ts': aiSdk, ...others } = Object.fromEntries(packages);
    expect(react).toEqual(new Set(['@trpc', '@tanstack/react-query', 'react']));
    expect(aiSdk).toEqual(new Set(['ai']));
    expect(Object.keys(others)).toContain('index.d.ts');
    for (const names of Object.values(others))
      expect([...names].filter((name) => name !== '@trpc')).toEqual([]);
  });

  test(`with tRPC, it adds at most ${MAX_CLIENT_KIB} KiB to a page that streams, and imports nothing of Node`, async () => {
    const names = 'createClient, sendMessage, followRun, reduceRunEvents, initialRunView, getErrorReason';
    await project.write('page.js', `export { ${names} } from '@parley/client';\n`);
    const imports = new Set<string>();
    const { output } = await build({
      cwd: project.dir,
      input: 'page.js',
      platform: 'browser',
      write: false,
      external: (id) => isBuiltin(id) && imports.add(id) !== undefined,
      output: { minify: true },
    });
    expect([...imports]).toEqual([]);
    const bytes = output.reduce((sum, chunk) => sum + ('code' in chunk ? gzipSync(chunk.code).length : 0), 0);
    expect(bytes).toBeGreaterThan(5_000);
    expect(bytes).toBeLessThanOrEqual(MAX_CLIENT_KIB * 1024);
  });
});

function readTarball(tarball: string): { buffer: ArrayBuffer; bytes: Uint8Array } {
  const bytes = new Uint8Array(readFileSync(tarball));
  return { buffer: bytes.buffer, bytes };
}

function fileIn(tarball: string, file: string): string {
  return execFileSync('tar', ['xzOf', tarball, file], { encoding: 'utf8' });
}
