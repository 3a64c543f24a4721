// A project outside the workspace, with the packed packages installed by npm.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { endWithParent } from '@parley/testing';
import { inject } from 'vitest';

export interface Output {
  code: number | null;
  /** What the program wrote, to both streams. */
  text: string;
}

export interface RunOptions {
  env?: Record<string, string>;
  /** Default: the Node of the tests. */
  node?: string;
}

export interface Project extends AsyncDisposable {
  dir: string;
  write(file: string, text: string): Promise<void>;
  /** Runs a file of an installed package (`typescript/bin/tsc`) or of the project (`./ask.js`), or Node with `--test`. */
  run(program: string, args: readonly string[], options?: RunOptions): Promise<Output>;
  /** Starts a program that runs until the project is disposed of, once its output has the address that it listens on. */
  serve(program: string, args: readonly string[], options?: RunOptions): Promise<string>;
}

const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));

/** Copies a folder of examples/ and installs its dependencies. */
export async function installExample(name: string): Promise<Project> {
  const project = await createProject();
  await cp(path.join(examples, name), project.dir, {
    recursive: true,
    filter: (file) => !/[/\\](node_modules|dist|\.next)$/.test(file),
  });
  const manifest: Manifest = JSON.parse(await readFile(path.join(project.dir, 'package.json'), 'utf8'));
  await install(project, manifest);
  return project;
}

/** A project with these packages and nothing else. What npm says about the version of Node fails it if `env` names one. */
export async function installPacked(
  dependencies: Record<string, string>,
  env: Record<string, string> = {},
): Promise<Project> {
  const project = await createProject();
  await install(project, { type: 'module', dependencies }, env);
  return project;
}

interface Manifest {
  [field: string]: unknown;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

async function install(
  project: Project,
  manifest: Manifest,
  env: Record<string, string> = {},
): Promise<void> {
  const tarballs = inject('tarballs');
  const packed = (wanted: Record<string, string> = {}): Record<string, string> =>
    Object.fromEntries(
      Object.entries(wanted).map(([name, version]) => [
        name,
        tarballs[name] === undefined ? version : `file:${tarballs[name]}`,
      ]),
    );
  const { dependencies, devDependencies } = manifest;
  const edited = {
    ...manifest,
    dependencies: packed(dependencies),
    devDependencies: packed(devDependencies),
  };
  await project.write('package.json', JSON.stringify(edited));
  const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  const strict = env['PATH'] === undefined ? [] : ['--engine-strict'];
  const { code, text } = await finish(start('npm', ['install', ...flags, ...strict], project.dir, env));
  if (code !== 0) throw new Error(`npm install failed: ${text}`);
}

async function createProject(): Promise<Project> {
  const dir = await mkdtemp(path.join(tmpdir(), 'parley-project-'));
  const served: ChildProcess[] = [];
  const startProgram = (program: string, args: readonly string[], options: RunOptions = {}): ChildProcess =>
    start(options.node ?? process.execPath, [fileOf(dir, program), ...args], dir, options.env);
  return {
    dir,
    write: (file, text) => writeFile(path.join(dir, file), text),
    run: (program, args, options) => finish(startProgram(program, args, options)),
    async serve(program, args, options) {
      const child = startProgram(program, args, options);
      served.push(child);
      return addressOf(child);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(served.map(end));
      await rm(dir, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

function fileOf(dir: string, program: string): string {
  if (path.isAbsolute(program) || program.startsWith('--')) return program;
  return path.join(dir, program.startsWith('./') ? '' : 'node_modules', program);
}

function start(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): ChildProcess {
  const settings = { CI: 'true', NO_COLOR: '1', NEXT_TELEMETRY_DISABLED: '1' };
  return endWithParent(
    spawn(command, args, {
      cwd,
      env: { ...ownEnvironment, ...settings, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

/** What vitest and npm set must not reach the project: NODE_ENV=test gives React's development build. */
const ownEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(NODE_ENV|NODE_OPTIONS|TEST|INIT_CWD|VITEST.*|npm_(package|lifecycle)_.*)$/.test(name),
  ),
);

async function finish(child: ChildProcess): Promise<Output> {
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (data: string) => (text += data));
  child.stderr?.setEncoding('utf8').on('data', (data: string) => (text += data));
  await once(child, 'close');
  return { code: child.exitCode, text };
}

async function addressOf(child: ChildProcess): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    const onData = (data: string): void => {
      text += data;
      const [url] = /http:\/\/(localhost|127\.0\.0\.1):\d+/.exec(text) ?? [];
      if (url !== undefined) resolve(url);
    };
    child.stdout?.setEncoding('utf8').on('data', onData);
    child.stderr?.setEncoding('utf8').on('data', onData);
    child.once('close', () => reject(new Error(`The program ended: ${text}`)));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
