// Starts a PgBouncer in front of a Postgres server.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endWithParent, findFreePort } from '@parley/testing';
import pg from 'pg';
import { findProgram } from './programs.ts';

const START_TIMEOUT_MS = 20_000;

export interface PgBouncer extends AsyncDisposable {
  /** The URL of the database behind it. */
  url: string;
}

export async function startPgBouncer(
  postgresUrl: string,
  poolMode: 'transaction' | 'session',
): Promise<PgBouncer> {
  const program = findProgram('pgbouncer');
  if (program === undefined) throw new Error('pgbouncer is not installed.');
  const { hostname, port: postgresPort, username, password, pathname } = new URL(postgresUrl);
  const database = pathname.slice(1);
  const dir = await mkdtemp(path.join(os.tmpdir(), 'parley-pgbouncer-'));
  // Started by root, it changes to another user, who has to read the file.
  await chmod(dir, 0o755);
  const port = await findFreePort();
  const file = path.join(dir, 'pgbouncer.ini');
  await writeFile(
    file,
    `[databases]
${database} = host=${hostname} port=${postgresPort} dbname=${database} user=${username} password='${password}'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${poolMode}
default_pool_size = 20
max_client_conn = 100
`,
  );
  const asUser = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = endWithParent(spawn(program, [...asUser, file], { stdio: ['ignore', 'ignore', 'pipe'] }), {
    folder: dir,
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (log += chunk));
  const exited = once(child, 'exit');
  const url = `postgres://${username}:any@127.0.0.1:${port}/${database}`;
  await untilAnswering(url, () => {
    if (child.exitCode !== null) throw new Error(`pgbouncer did not start: ${log}`);
  });
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function untilAnswering(url: string, check: () => void): Promise<void> {
  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    check();
    const client = new pg.Client({ connectionString: url });
    const isAnswering = await client.connect().then(
      () => true,
      () => false,
    );
    await client.end().catch(() => undefined);
    if (isAnswering) return;
    if (performance.now() > deadlineMs) throw new Error('pgbouncer does not answer.');
    await delay(50);
  }
}
