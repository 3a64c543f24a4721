// Starts a server that accepts TLS connections only, with a self-signed certificate.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { inspectDatabase } from '../src/inspect-database.ts';
import { open } from '../src/open.ts';
import { startPostgres, type PostgresServer } from '../src/testing/index.ts';
import { createTemporaryDir } from './temporary-dir.ts';

let server: PostgresServer;
let certificates: Awaited<ReturnType<typeof createTemporaryDir>>;

beforeAll(async () => {
  certificates = await createTemporaryDir();
  server = await startPostgres();
  await demandTls(server.url);
}, 60_000);

afterAll(async () => {
  await server.stop();
  await certificates[Symbol.asyncDispose]();
});

const certificate = (): string => path.join(certificates.dir, 'server.crt');

async function demandTls(url: string): Promise<void> {
  const key = path.join(certificates.dir, 'server.key');
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ...['-keyout', key, '-out', certificate()],
  ]);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // The server writes its own files, as its own user.
    const write = async (name: string, text: string) => {
      const lines = client.escapeLiteral(text.trim());
      const program = client.escapeLiteral(`cat > ${name} && chmod 600 ${name}`);
      await client.query(`copy (select unnest(string_to_array(${lines}, E'\\n'))) to program ${program}`);
    };
    await write('server.key', await readFile(key, 'utf8'));
    await write('server.crt', await readFile(certificate(), 'utf8'));
    await write('pg_hba.conf', 'hostssl all all all password');
    await client.query('alter system set ssl = on');
    await client.query('select pg_reload_conf()');
  } finally {
    await client.end();
  }
  await vi.waitFor(async () => expect(await refusalOf(url)).not.toBe('none'), {
    timeout: 10_000,
    interval: 100,
  });
}

const refusalOf = (url: string): Promise<string> =>
  open({ url }).then(
    async (db) => (await db.destroy(), 'none'),
    (error: unknown) => String(error),
  );

describe('a server that demands TLS', () => {
  test('refuses a URL without sslmode with the parameter that is missing', async () => {
    const message = await refusalOf(server.url);
    expect(message).toContain('The server demands TLS (SSL). Add ?sslmode=require to DATABASE_URL');
    await expect(inspectDatabase({ url: server.url })).rejects.toThrow('sslmode=require');
  });

  test.each(['require', 'verify-full'])(
    'and has its own certificate is refused with sslmode=%s, and works with sslrootcert',
    async (mode) => {
      const url = `${server.url}?sslmode=${mode}`;
      expect(await refusalOf(url)).toMatch(/not signed by a known authority. Add sslrootcert=/);
      expect(await refusalOf(`${url}&sslrootcert=${certificate()}`)).toBe('none');
    },
  );

  test('works unverified with sslmode=no-verify', async () => {
    expect(await refusalOf(`${server.url}?sslmode=no-verify`)).toBe('none');
  });
});
