// Starts nginx and Caddy with the configurations that the product recommends. Only addresses and files are replaced.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { endWithParent, findFreePort } from '@parley/testing';
import { findProgram, type Program } from './programs.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));
const START_TIMEOUT_MS = 20_000;

export interface Proxy extends AsyncDisposable {
  /** It serves https://chat.example.com on this port of 127.0.0.1, with a self-signed certificate. */
  port: number;
}

/** @param ports of the instances, on 127.0.0.1 */
export async function startProxy(
  name: Extract<Program, 'nginx' | 'caddy'>,
  ports: readonly number[],
): Promise<Proxy> {
  const program = findProgram(name);
  if (program === undefined) throw new Error(`${name} is not installed.`);
  const dir = await mkdtemp(path.join(os.tmpdir(), `parley-${name}-`));
  const port = await findFreePort();
  const args = await (name === 'nginx' ? configureNginx : configureCaddy)({ dir, port, ports });
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'] ?? '', HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  endWithParent(child, { folder: dir });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (log += chunk));
  const exited = once(child, 'exit');
  await untilServing(port, () => {
    if (child.exitCode !== null) throw new Error(`${name} did not start: ${log}`);
  });
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await exited;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

interface ProxyFiles {
  dir: string;
  port: number;
  ports: readonly number[];
}

/** The example, with the instances and the certificate of this test. */
async function configureNginx({ dir, port, ports }: ProxyFiles): Promise<string[]> {
  const example = await readFile(path.join(repository, 'examples/deploy/nginx.conf'), 'utf8');
  const line = /^( *)server 127\.0\.0\.1:8000(.*)$/m;
  const [, indent = '', parameters = ''] = line.exec(example) ?? [];
  const servers = ports.map((instance) => `${indent}server 127.0.0.1:${instance}${parameters}`);
  const site = example
    .replace(line, servers.join('\n'))
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`)
    .replaceAll(/\/etc\/letsencrypt\/live\/[^/]+\//g, `${dir}/`);
  const fixtures = path.join(repository, 'packages/webhook/tests/fixtures');
  await copyFile(path.join(fixtures, 'self-signed.cert.pem'), path.join(dir, 'fullchain.pem'));
  await copyFile(path.join(fixtures, 'self-signed.key.pem'), path.join(dir, 'privkey.pem'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${dir}/${kind};`,
  );
  const file = path.join(dir, 'nginx.conf');
  await writeFile(
    file,
    [
      `daemon off; worker_processes 1; pid ${dir}/nginx.pid; error_log stderr warn;`,
      'events {}',
      `http { access_log off; ${temporary.join(' ')}`,
      site,
      '}',
    ].join('\n'),
  );
  return ['-c', file, '-p', dir, '-e', 'stderr'];
}

/** The Caddyfile of docs/operations.md, with the instances and a certificate of Caddy's own authority. */
async function configureCaddy({ dir, port, ports }: ProxyFiles): Promise<string[]> {
  const docs = await readFile(path.join(repository, 'docs/operations.md'), 'utf8');
  const site = /```\n(chat\.example\.com \{\n[^]*?\n\})\n```/.exec(docs)?.[1];
  if (site === undefined) throw new Error('docs/operations.md has no Caddyfile for chat.example.com.');
  const upstreams = ports.map((instance) => `127.0.0.1:${instance}`).join(' ');
  const adapted = site
    .replace('chat.example.com {', `https://chat.example.com:${port} {\n    bind 127.0.0.1\n    tls internal`)
    .replace(/127\.0\.0\.1:8000( 127\.0\.0\.1:8001)?/, upstreams);
  const file = path.join(dir, 'Caddyfile');
  await mkdir(path.join(dir, 'caddy'), { recursive: true });
  await writeFile(
    file,
    `{\n    admin off\n    skip_install_trust\n    auto_https disable_redirects\n}\n${adapted}\n`,
  );
  return ['run', '--config', file, '--adapter', 'caddyfile'];
}

/** Resolves after a TLS handshake: Caddy listens before it has made its certificate. */
async function untilServing(port: number, check: () => void): Promise<void> {
  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    check();
    const socket = connect({
      port,
      host: '127.0.0.1',
      servername: 'chat.example.com',
      rejectUnauthorized: false,
    });
    const isServing = await once(socket, 'secureConnect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isServing) return;
    if (performance.now() > deadlineMs) throw new Error(`Nothing serves TLS on port ${port}.`);
    await delay(50);
  }
}
