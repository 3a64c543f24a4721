// Starts a Postgres server from npm for tests, on Linux or macOS and as any user, root included.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { endWithParent, findFreePort } from '@parley/testing';
import { freezeProcesses } from './freeze-processes.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';
import {
  findPostgresPackage,
  installPostgres,
  postgresIn,
  type PostgresBinaries,
} from './postgres-binaries.ts';

export interface PostgresServer {
  /** The URL with the credentials of a superuser. */
  url: string;
  /** Ends every connection like a crash, and starts again on the same port with the same data after `downMs`. */
  restart: (options?: { downMs?: number }) => Promise<void>;
  /** Suspends all processes of the server: connections are accepted, and nothing answers. Returns the function that ends this. */
  freeze: () => Promise<() => void>;
  /** The disk that `diskMegabytes` asked for; undefined where none can be mounted. */
  disk:
    | (Pick<SmallDisk, 'fill'> & {
        /** Starts the server again if the full disk ended it. */ free: () => Promise<void>;
      })
    | undefined;
  /** Stops the server and removes its data. */
  stop: () => Promise<void>;
}

interface Cluster {
  binaries: PostgresBinaries;
  dir: string;
  port: number;
  disk: SmallDisk | undefined;
}

export interface PostgresServerOptions {
  /** The folder of other Postgres programs, such as an older version's. Default: those from npm. */
  binDir?: string;
  /** Puts the server's data on a file system of this size, if one can be mounted here. */
  diskMegabytes?: number;
}

/** Without fsync: a power cut may lose the data, a crash of the server does not. */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  fsync: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  lc_messages: 'C',
  // Less than a small disk holds.
  min_wal_size: '32MB',
  max_wal_size: '64MB',
};

/**
 * Takes about a second.
 * @throws Error if there are no Postgres programs for this platform
 */
export async function startPostgres({
  diskMegabytes,
  binDir,
}: PostgresServerOptions = {}): Promise<PostgresServer> {
  const binaries = binDir === undefined ? await findPrograms() : postgresIn(binDir);
  const password = randomBytes(16).toString('hex');
  const dir = await mkdtemp(path.join(os.tmpdir(), 'parley-postgres-data-'));
  const disk = diskMegabytes === undefined ? undefined : await mountSmallDisk(dir, diskMegabytes);
  await createCluster({ binaries, dir }, password);
  const cluster = { binaries, dir, disk, port: await findFreePort() };
  let server = await run(cluster);
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${cluster.port}/postgres`,
    restart: async ({ downMs = 0 } = {}) => {
      await end(server);
      await delay(downMs);
      server = await run(cluster);
    },
    freeze: () => {
      if (server.pid === undefined) throw new Error('The server has no process');
      return freezeProcesses(server.pid);
    },
    disk: disk && {
      fill: () => disk.fill(),
      free: async () => {
        await disk.free();
        if (hasEnded(server)) server = await run(cluster);
      },
    },
    stop: async () => {
      await end(server);
      await disk?.unmount();
      await rm(cluster.dir, { recursive: true, force: true });
    },
  };
}

function findPrograms(): Promise<PostgresBinaries> {
  const packageDir = findPostgresPackage();
  if (packageDir === undefined)
    throw new Error(`There is no Postgres for ${process.platform}-${process.arch} on npm.`);
  return installPostgres(packageDir);
}

async function createCluster(
  { binaries: { initdb, runAs, hasBuiltinLocale }, dir }: Pick<Cluster, 'binaries' | 'dir'>,
  password: string,
): Promise<void> {
  const passwordFile = path.join(dir, 'password');
  await writeFile(passwordFile, password);
  if (runAs !== undefined) for (const name of [dir, passwordFile]) chownSync(name, runAs.uid, runAs.gid);
  const initdbOptions = [
    `--pgdata=${dir}/data`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    // Any local user can connect to the port, so the server asks for a password; over loopback, sending it in clear
    // text is fine.
    '--auth=password',
    '--encoding=UTF8',
    // The same on every OS, because it needs no locale of the machine.
    '--locale=C',
    // Since Postgres 17.
    ...(hasBuiltinLocale ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []),
    '--no-sync',
    '--no-instructions',
  ];
  try {
    await promisify(execFile)(initdb, initdbOptions, { ...runAs, cwd: dir, env: { LC_ALL: 'C' } });
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    // Some systems clean up their temporary folder, and may have removed some of the files.
    throw new Error(`${initdb} failed. If files are missing there, remove that copy of Postgres.`, {
      cause: error,
    });
  }
}

/** If this process is killed, an immediate shutdown ends the server, and its data are removed. */
async function run({ binaries, dir, port }: Cluster): Promise<ChildProcess> {
  const flags = Object.entries({ ...settings, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // Detached, because Ctrl+C reaches the whole process group, and the tests' teardown still needs the server.
  const server = spawn(binaries.postgres, ['-D', `${dir}/data`, ...flags], {
    ...binaries.runAs,
    cwd: dir,
    env: { LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  endWithParent(server, { signal: 'SIGQUIT', folder: dir });
  try {
    await waitUntilReady(server);
    return server;
  } catch (error) {
    await end(server);
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}

/** Keeps reading after that: the server would block on a full pipe for its log. */
async function waitUntilReady(server: ChildProcess): Promise<void> {
  const { stderr } = server;
  if (stderr === null) throw new Error('The server was started without a pipe for its log');
  const log: string[] = [];
  await new Promise<void>((resolve, reject) => {
    createInterface(stderr).on('line', (line) => {
      if (log.length < 100) log.push(line);
      if (line.includes('ready to accept connections')) resolve();
      // The server reports a FATAL error to clients that connect during its start.
      if (/FATAL(?!: +the database system is)|PANIC|not found|denied/.test(line))
        reject(new Error(`Postgres did not start:\n${log.join('\n')}`));
    });
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`Postgres did not start:\n${log.join('\n')}`)));
  });
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** An immediate shutdown leaves the data as a crash does. */
async function end(server: ChildProcess): Promise<void> {
  if (hasEnded(server)) return;
  const exited = once(server, 'exit');
  server.kill('SIGQUIT');
  // A frozen server receives the signal only once it resumes. It kills its frozen children itself.
  server.kill('SIGCONT');
  await exited;
}
