// `npm run build`: builds the page unless its build exists. `npm start` runs it too: hashing the sources takes
// milliseconds, and a build takes a few seconds once per version.
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { currentFile, distDir, findBuiltPage } from './built-page.ts';

/** The number of builds to keep, since running servers may still serve older ones. */
const KEPT_BUILDS = 3;
const MIN_COMPRESSED_BYTES = 1024;
const BROTLI_QUALITY = 10;

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** All inputs of a build. */
const SOURCES = [
  'apps/web/{index.html,package.json,vite.config.ts}',
  'apps/web/{src,public,scripts}/**/*',
  'packages/client/src/**/*.ts',
  'pnpm-lock.yaml',
];

try {
  await ensurePage();
} catch (error) {
  log(`cannot build the page: ${error instanceof Error ? error.message : String(error)}`);
  // A server without the page, or with the previous one, still serves everything else.
  if (process.argv.includes('--or-go-on')) {
    log(`continuing ${findBuiltPage() === undefined ? 'without the page' : 'with the previous build'}`);
  } else process.exitCode = 1;
}

async function ensurePage(): Promise<void> {
  const name = hashOfSources();
  const dir = path.join(distDir, name);
  if (!existsSync(dir)) {
    const started = performance.now();
    log('building the page for this version');
    await build(dir);
    log(`built the page in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
  activate(name);
}

function hashOfSources(): string {
  const hash = createHash('sha256');
  for (const file of globSync(SOURCES, { cwd: root }).toSorted()) {
    const absolute = path.join(root, file);
    if (statSync(absolute).isFile()) hash.update(`${file}\0`).update(readFileSync(absolute));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Builds into a temporary folder and renames it, since another process may be building the same version. */
async function build(dir: string): Promise<void> {
  const unfinished = path.join(distDir, `.${path.basename(dir)}-${process.pid}`);
  try {
    // Any other value gives React's development build.
    process.env['NODE_ENV'] = 'production';
    const vite = await import('vite');
    await vite.build({
      root: path.join(root, 'apps/web'),
      logLevel: 'error',
      build: { outDir: unfinished, emptyOutDir: true },
    });
    compress(unfinished);
    renameSync(unfinished, dir);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(dir)) throw error;
  }
}

/** Compresses the files once, instead of on every request. */
function compress(dir: string): void {
  for (const file of globSync('**/*.{js,css,html,svg,json}', { cwd: dir })) {
    const absolute = path.join(dir, file);
    const bytes = readFileSync(absolute);
    if (bytes.length < MIN_COMPRESSED_BYTES) continue;
    writeFileSync(`${absolute}.gz`, gzipSync(bytes, { level: 9 }));
    const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY };
    writeFileSync(`${absolute}.br`, brotliCompressSync(bytes, { params }));
  }
}

function activate(name: string): void {
  if (findBuiltPage() === path.join(distDir, name)) return;
  const unfinished = `${currentFile}.${process.pid}`;
  writeFileSync(unfinished, `${name}\n`);
  renameSync(unfinished, currentFile);
  const old = globSync('*/', { cwd: distDir })
    .map((entry) => path.join(distDir, entry))
    .toSorted((one, two) => statSync(two).mtimeMs - statSync(one).mtimeMs)
    .slice(KEPT_BUILDS);
  for (const dir of old) rmSync(dir, { recursive: true, force: true });
}

function log(message: string): void {
  process.stderr.write(`parley: ${message}\n`);
}
