// Runs one command of this repository with the right tools, on a machine that may have only Node 20 and npm:
//
//   node scripts/with-toolchain.mjs <command> [arguments]
//
// 1. Where the machine's Node is older than `engines.node`, Node and pnpm come from npm into .toolchain/, once.
// 2. Dependencies are installed from the lockfile, once for each lockfile.
// 3. The command runs with both on its PATH; signals are passed on, and its exit code is ours.
//
// Plain JavaScript without dependencies: it must run before anything is installed, on the oldest Node we accept.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_VERSION = '24.21.0';
const PARENT_CHECK_MS = 250;

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const toolchainDir = path.join(root, '.toolchain');
const isWindows = process.platform === 'win32';

const { engines, packageManager } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const minimumNodeMajor = Number(/\d+/.exec(engines.node)[0]);
const pnpmVersion = packageManager.replace(/^pnpm@/, '');

const [command, ...args] = process.argv.slice(2);
if (command === undefined) fail('usage: node scripts/with-toolchain.mjs <command> [arguments]');

const toolchain = ensureToolchain();
const env = {
  ...process.env,
  PATH: [path.join(root, 'node_modules', '.bin'), ...toolchain.binDirs, process.env.PATH].join(
    path.delimiter,
  ),
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
};
ensureDependencies();
run();

/** pnpm, and Node where the machine's own is too old. */
function ensureToolchain() {
  const pnpmDir = ensurePackage('pnpm', pnpmVersion);
  const binDirs = [path.join(pnpmDir, 'node_modules', '.bin')];
  const isNodeOld = Number(process.versions.node.split('.')[0]) < minimumNodeMajor;
  if (isNodeOld) {
    const name = `node-${isWindows ? 'win' : process.platform}-${process.arch}`;
    binDirs.unshift(path.join(ensurePackage(name, NODE_VERSION), 'node_modules', name, 'bin'));
  }
  return {
    node: isNodeOld ? path.join(binDirs[0], isWindows ? 'node.exe' : 'node') : process.execPath,
    pnpm: path.join(pnpmDir, 'node_modules', 'pnpm', 'bin', 'pnpm.mjs'),
    binDirs,
  };
}

/**
 * Installs one package from npm into a folder of its own in .toolchain/, once. The folder appears whole or not at all,
 * and is never changed: other processes may be running what is in it.
 */
function ensurePackage(name, version) {
  const wanted = `${name}@${version}`;
  const dir = path.join(toolchainDir, wanted);
  if (existsSync(dir)) return dir;

  log(`getting ${wanted} from npm`);
  const unfinished = path.join(toolchainDir, `.${wanted}-${process.pid}`);
  mkdirSync(unfinished, { recursive: true });
  writeFileSync(path.join(unfinished, 'package.json'), '{ "private": true }\n');
  const { status } = spawnSync(
    'npm',
    ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--no-save', '--loglevel=error', wanted],
    { cwd: unfinished, shell: isWindows, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (status !== 0) {
    rmSync(unfinished, { recursive: true, force: true });
    fail(`could not get ${wanted} from npm. Install Node ${minimumNodeMajor} or later, then try again.`);
  }
  try {
    renameSync(unfinished, dir);
  } catch (error) {
    // Another process was faster.
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(dir)) throw error;
  }
  return dir;
}

/** Installs from the lockfile, unless this lockfile is what is installed already. */
function ensureDependencies() {
  const hash = createHash('sha256');
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']) {
    hash.update(readFileSync(path.join(root, file)));
  }
  const wanted = hash.digest('hex');
  const stamp = path.join(root, 'node_modules', '.parley-installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;

  log('installing dependencies from the lockfile');
  const { status } = spawnSync(
    toolchain.node,
    [
      toolchain.pnpm,
      'install',
      '--frozen-lockfile',
      '--prefer-offline',
      '--reporter=append-only',
      '--loglevel=error',
    ],
    { cwd: root, env: { ...env, CI: 'true' }, stdio: ['ignore', 2, 2] },
  );
  if (status !== 0) fail('installing dependencies failed; the lines above say why');
  writeFileSync(stamp, wanted);
}

function run() {
  const child = spawn(command, args, { env, shell: isWindows, stdio: 'inherit' });
  if (!isWindows) endWithParent(child);
  // A terminal's Ctrl-C reaches the child by itself; a signal sent to this process alone must be passed on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // Killing `npm start` kills neither its shell nor what the shell runs: a server must not go on without its owner.
  if (process.env.npm_lifecycle_event !== undefined) {
    const npm = parentOfShell();
    setInterval(() => parentOfShell() !== npm && child.kill('SIGTERM'), PARENT_CHECK_MS).unref();
  }
  child.on('error', (error) => fail(`could not run ${command}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** Sends SIGTERM to the child when this process ends, SIGKILL included. packages/testing does the same for the children of tests. */
function endWithParent(child) {
  const watchdogScript = path.join(root, 'packages/testing/src/watchdog.sh');
  const watchdog = spawn('/bin/sh', [watchdogScript], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watchdog.on('error', () => undefined);
  watchdog.stdin.on('error', () => undefined);
  watchdog.stdin.write(`watch TERM ${child.pid}\n`);
  child.on('exit', () => watchdog.stdin.end(`forget ${child.pid}\n`));
}

/** The process that started the shell we run in (proc_pid_stat(5)); without /proc, the shell itself. */
function parentOfShell() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]);
  } catch {
    return process.ppid;
  }
}

function log(message) {
  process.stderr.write(`parley: ${message}\n`);
}

function fail(message) {
  log(message);
  process.exit(1);
}
