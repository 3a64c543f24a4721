// Starts everything but the clients: a Postgres, an agent, and server processes that share them, as in production.
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { createTeam } from '@parley/api';
import { open } from '@parley/db';
import { startPostgres, type PostgresServer } from '@parley/db/testing/postgres';
import { findFreePort } from '@parley/testing';
import pg from 'pg';
import type { History } from '../history.ts';
import { ServerSlot } from './server-slot.ts';
import { startAgent, type TappedAgent } from './start-agent.ts';
import { simulatedFullDisk } from './simulated-full-disk.ts';
import { watchDatabase } from './watch-database.ts';

/** The heap of an instance that is to be overloaded. */
const SMALL_HEAP = '--max-old-space-size=128';
/** A run of many hours needs less. A filled disk takes this much memory. */
const DISK_MEGABYTES = 256;
export const GRACE_MS = 4_000;
export const PASSWORD = 'a password for chaos';
/** Several teams, so that no client reaches the limit of streams. The admin of each is `admin@<slug>.example`. */
export const TEAMS = ['ash', 'birch', 'cedar', 'dogwood'] as const;

export interface RunningCluster extends AsyncDisposable {
  slots: readonly ServerSlot[];
  postgres: PostgresServer;
  disk: { fill: () => Promise<void>; free: () => Promise<void> };
  agent: TappedAgent;
  /** The harness's connections, as a superuser. */
  admin: pg.Pool;
  cutDatabase: () => Promise<number>;
}

interface ClusterOptions {
  instances: number;
  /** Gives the last instance a small heap. */
  isLastSmall?: boolean;
  logFile: string;
  /** Receives each line that the servers log. */
  onLog?: (line: string) => void;
  /** Settings of the servers, besides those of every cluster. */
  env?: Readonly<Record<string, string>>;
  /** Puts something between the servers and Postgres. @returns settings of the servers */
  connectThrough?: (postgresUrl: string) => Promise<Record<string, string>>;
}

export async function startCluster(
  { instances, isLastSmall = false, logFile, onLog, env: moreEnv, connectThrough }: ClusterOptions,
  history: History,
): Promise<RunningCluster> {
  await using stack = new AsyncDisposableStack();
  const log = createWriteStream(logFile, { flags: 'wx' });
  stack.defer(() => void log.end());
  const postgres = await startPostgres({ diskMegabytes: DISK_MEGABYTES });
  stack.defer(() => postgres.stop());
  await makeTeams(postgres.url);
  const admin = stack.adopt(new pg.Pool({ connectionString: postgres.url, max: 2 }), (pool) => pool.end());
  // The next query opens a new connection after a restart.
  admin.on('error', () => undefined);
  await watchDatabase(admin);
  const agent = stack.use(await startAgent(history));

  if (postgres.disk === undefined)
    console.log('chaos: no file system can be mounted here, so triggers stand in for a full disk');

  const env = {
    NODE_ENV: 'production',
    DATABASE_URL: postgres.url,
    JWT_SECRET: randomBytes(48).toString('base64'),
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    SHUTDOWN_GRACE_MS: String(GRACE_MS),
    WEBHOOK_ALLOWED_HOSTS: new URL(agent.origin).host,
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'info',
    ...moreEnv,
    ...(await connectThrough?.(postgres.url)),
  };
  const write = (line: string): void => {
    log.write(`${line}\n`);
    onLog?.(line);
  };
  const slots: ServerSlot[] = [];
  stack.defer(() => slots.forEach((slot) => slot.kill()));
  for (let slot = 0; slot < instances; slot += 1) {
    const port = await findFreePort();
    const isSmall = isLastSmall && slot === instances - 1;
    slots.push(
      new ServerSlot({
        slot,
        port,
        env: isSmall ? { ...env, NODE_OPTIONS: SMALL_HEAP } : env,
        history,
        log: write,
      }),
    );
  }
  await Promise.all(slots.map((slot) => slot.start()));
  const timer = setInterval(() => slots.forEach((slot) => void slot.checkReadiness()), 250);
  stack.defer(() => clearInterval(timer));

  const started = stack.move();
  return {
    slots,
    postgres,
    disk: postgres.disk ?? simulatedFullDisk(admin),
    agent,
    admin,
    async cutDatabase() {
      const { rows } = await admin.query<{ count: number }>(
        `select count(pg_terminate_backend(pid))::int as count from pg_stat_activity where application_name like 'parley%'`,
      );
      return rows[0]?.count ?? 0;
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** Creates the teams as `parley team create` does. */
async function makeTeams(url: string): Promise<void> {
  const db = await open({ url });
  try {
    for (const slug of TEAMS) {
      const admin = { email: `admin@${slug}.example`, password: PASSWORD };
      await createTeam(db, { name: slug, slug, admin });
    }
  } finally {
    await db.destroy();
  }
}
