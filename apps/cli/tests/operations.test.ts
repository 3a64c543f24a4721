// The recipes of docs/operations.md as written: the login and database, with each supported way to make the roles, and a
// backup with pg_dump. They run on the newest Postgres, and on Debian's where it is installed.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runAsAdmin, startPostgres, type PostgresServer } from '@parley/db/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startParley } from './start-parley.ts';
import { startServer } from './start-server.ts';

/** The oldest version that Parley supports, and the newest with a pg_dump on Debian. */
const DEBIAN_BIN = '/usr/lib/postgresql/15/bin';
const hasDebian = existsSync(path.join(DEBIAN_BIN, 'postgres'));
if (!hasDebian) {
  const problem = `There is no Postgres 15 in ${DEBIAN_BIN}: apt-get install postgresql-15`;
  if (process.env['CI']) throw new Error(problem);
  console.warn(
    `\n*** The recipes of docs/operations.md are SKIPPED on Postgres 15, and pg_dump with them. ${problem} ***\n`,
  );
}

const secrets = {
  JWT_SECRET: randomBytes(48).toString('base64'),
  ENCRYPTION_KEY: randomBytes(32).toString('base64'),
};
const PASSWORD = 'a good password';

let page: string;
let dir: string;

beforeAll(async () => {
  page = await readFile(fileURLToPath(new URL('../../../docs/operations.md', import.meta.url)), 'utf8');
  dir = await mkdtemp(path.join(os.tmpdir(), 'parley-operations-'));
});

afterAll(() => rm(dir, { recursive: true }));

/** The code blocks in a language that follow a heading or another text of the page. */
function blocksAfter(text: string, language: string): string[] {
  const start = page.indexOf(text);
  if (start === -1) throw new Error(`docs/operations.md does not contain: ${text}`);
  const section = page.slice(start, page.indexOf('\n## ', start + text.length));
  return [...section.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, block = '']) => block,
  );
}

/** Runs a script like psql: each statement in turn, and \connect changes the database. */
async function runAsPsql(adminUrl: string, script: string): Promise<void> {
  let url = adminUrl;
  for (const line of script.trim().split('\n')) {
    const database = /^\\connect (\w+)$/.exec(line)?.[1];
    if (database === undefined) await runAsAdmin(url, line);
    else url = Object.assign(new URL(url), { pathname: `/${database}` }).href;
  }
}

async function parley(args: string[], url: string): Promise<string> {
  const command = startParley(args, { password: PASSWORD, env: { ...secrets, DATABASE_URL: url } });
  expect(await command.exitCode, command.stderr()).toBe(0);
  return command.stdout();
}

describe.each([
  { name: 'the newest Postgres', options: {} },
  ...(hasDebian ? [{ name: 'Postgres 15', options: { binDir: DEBIAN_BIN } }] : []),
])('on $name', ({ options }) => {
  let server: PostgresServer;

  beforeEach(async () => {
    server = await startPostgres(options);
  });

  afterEach(() => server.stop());

  test.each([
    ['creates the roles itself', 0],
    ['gets the roles from an administrator', 1],
  ])(
    'the documented login that %s is enough for a start, and sees no rows of teams',
    async (_which, way) => {
      await runAsPsql(server.url, blocksAfter('### The login and the database', 'sql')[way] ?? '');
      const url = urlOf(server, 'parley');
      await parley(['team', 'create', 'Acme', '--admin-email', 'ada@acme.example'], url);
      expect(await parley(['doctor'], url)).toMatch(/^ok +roles/m);
      expect(await runAsAdmin(url, 'select count(*)::int as count from teams')).toEqual([{ count: 0 }]);
      await using started = await startServer({ ...secrets, DATABASE_URL: url });
      await logIn(started.url);
    },
    180_000,
  );
});

describe.runIf(hasDebian)('with pg_dump', () => {
  test('the documented dump restores every row, policy and right, and a server starts on it', async () => {
    const [source, target] = await Promise.all([
      startPostgres({ binDir: DEBIAN_BIN }),
      startPostgres({ binDir: DEBIAN_BIN }),
    ]);
    try {
      const [createLogin = ''] = blocksAfter('### The login and the database', 'sql');
      const [, createRoles = ''] = blocksAfter('### The login and the database', 'sql');
      await runAsPsql(source.url, createLogin);
      const url = urlOf(source, 'parley');
      for (const name of ['Acme', 'Beta'])
        await parley(['team', 'create', name, '--admin-email', `ada@${name.toLowerCase()}.example`], url);
      await runAsPsql(withDatabase(source.url), blocksAfter('### With pg_dump', 'sql')[0] ?? '');
      await runAsPsql(target.url, createRoles);

      const [dump = '', restore = ''] = blocksAfter('### With pg_dump', 'sh');
      const env = {
        PATH: `${DEBIAN_BIN}:${process.env['PATH'] ?? ''}`,
        BACKUP_DATABASE_URL: urlOf(source, 'parley_backup', 'choose-another-password'),
        DATABASE_URL: urlOf(target, 'parley'),
      };
      // The owner of the tables cannot dump them: the login of the recipe is what makes the difference.
      await expect(run(dump, { ...env, BACKUP_DATABASE_URL: url })).rejects.toThrow('row-level security');
      expect(existsSync(path.join(dir, 'parley.dump'))).toBe(false);
      await run(dump, env);
      await run(restore, env);
      const [before, after] = await Promise.all([describeDatabase(source), describeDatabase(target)]);
      expect(before).toContain('CREATE POLICY');
      expect(before).toContain('ada@beta.example');
      expect(after).toBe(before);
      await using started = await startServer({ ...secrets, DATABASE_URL: env.DATABASE_URL });
      await logIn(started.url);
    } finally {
      await source.stop();
      await target.stop();
    }
  }, 180_000);
});

function urlOf(server: PostgresServer, user: string, password = 'choose-a-password'): string {
  return Object.assign(new URL(withDatabase(server.url)), { username: user, password }).href;
}

function withDatabase(url: string): string {
  return Object.assign(new URL(url), { pathname: '/parley' }).href;
}

async function run(script: string, env: Record<string, string>): Promise<void> {
  await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { env, cwd: dir });
}

async function logIn(serverUrl: string): Promise<void> {
  const session = path.join(dir, 'session.json');
  const command = startParley(['login', '--team', 'acme', '--email', 'ada@acme.example'], {
    password: PASSWORD,
    env: { PARLEY_URL: serverUrl, PARLEY_SESSION_FILE: session },
  });
  expect(await command.exitCode, command.stderr()).toBe(0);
}

/** Everything that pg_dump knows of the database, with the owners of the tables and the rights of all roles. */
async function describeDatabase({ url }: PostgresServer): Promise<string> {
  const args = ['--inserts', '--exclude-table-data=rate_limits', withDatabase(url)];
  const { stdout } = await promisify(execFile)(path.join(DEBIAN_BIN, 'pg_dump'), args);
  // Without psql's \restrict, which has a random key. The order of rows means nothing.
  return stdout
    .split('\n')
    .filter((line) => !line.startsWith('\\'))
    .toSorted()
    .join('\n');
}
