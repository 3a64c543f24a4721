import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endWithParent } from '@parley/testing';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { findPostgresPackage } from '../src/testing/postgres-binaries.ts';
import { startPostgres } from '../src/testing/start-postgres.ts';

async function canConnect(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  );
}

async function readDataDir(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ dir: string }>(`select current_setting('data_directory') as dir`);
  await client.end();
  return rows[0]?.dir ?? '';
}

const hasPostgresPackage = findPostgresPackage() !== undefined;

describe.runIf(hasPostgresPackage)('startPostgres', () => {
  test('startPostgres() ends its server and removes the data when the parent process is killed', async () => {
    const owner = endWithParent(fork(path.join(import.meta.dirname, 'processes/start-postgres.ts')));
    const [message] = await once(owner, 'message');
    const url = String(message);
    const dataDir = await readDataDir(url);
    expect(existsSync(dataDir)).toBe(true);
    owner.kill('SIGKILL');
    await expect.poll(() => canConnect(url), { timeout: 10_000 }).toBe(false);
    await expect.poll(() => existsSync(dataDir), { timeout: 10_000 }).toBe(false);
  });

  test('restart() ends every connection, and keeps the data and the URL', async () => {
    const server = await startPostgres();
    const client = new pg.Client({ connectionString: server.url });
    const ended = new Promise((resolve) => client.once('end', () => resolve(undefined)));
    client.on('error', () => undefined);
    await client.connect();
    await client.query('create table kept (id integer)');
    await server.restart();
    await ended;
    const again = new pg.Client({ connectionString: server.url });
    await again.connect();
    expect((await again.query('select count(*)::int as count from kept')).rows).toEqual([{ count: 0 }]);
    await again.end();
    await server.stop();
    expect(await canConnect(server.url)).toBe(false);
  });

  test('restart() works while clients keep connecting', async () => {
    const server = await startPostgres();
    const over = new AbortController();
    const insist = async (): Promise<void> => {
      while (!over.signal.aborted) {
        await canConnect(server.url);
        await delay(2);
      }
    };
    const clients = Array.from({ length: 8 }, insist);
    for (let count = 0; count < 3; count += 1) await server.restart({ downMs: 50 });
    over.abort();
    await Promise.all(clients);
    expect(await canConnect(server.url)).toBe(true);
    await server.stop();
  });
});
