// Builds the server's dependencies, listens, and closes everything in the right order.
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { createSecretBox, createServices, startUsageRollups } from '@parley/api';
import { open, startDatabaseClock, withTimeLimit, type PoolUsage } from '@parley/db';
import { createRuns } from '@parley/runs';
import { AllowedHosts } from '@parley/webhook';
import { findBuiltPage } from '@parley/web/built-page';
import type { Logger } from 'pino';
import { hostsOfThisMachine, type Config } from './config.ts';
import { startDemo, type Demo } from './demo.ts';
import { createHttpServer } from './edge/http-server.ts';
import { createOrigins } from './edge/origins.ts';
import { keptSecrets } from './kept-secrets.ts';
import { createMetrics } from './operations/metrics.ts';
import { watchWrites } from './operations/watch-writes.ts';
import { observeRuns } from './operations/observe-runs.ts';
import { startRateLimits } from './rate-limits/start-rate-limits.ts';
import { createRequestHandler } from './request-handler.ts';

export interface RunningServer {
  /** The address it listens on. */
  url: string;
  demo: Demo | undefined;
  /**
   * Reports not ready and starts no more runs, but still handles all other requests, since load balancers need a moment to
   * switch. Active runs continue for the grace period, or until `hurry` aborts; then they are saved as interrupted. At last
   * the streams end, so that their clients reconnect, and everything is closed.
   */
  close(hurry?: AbortSignal): Promise<void>;
}

export async function startServer(config: Config, logger: Logger): Promise<RunningServer> {
  await using stack = new AsyncDisposableStack();
  const { databaseUrl, dataDir } = config;
  const isEmbedded = databaseUrl === undefined;
  const metrics = createMetrics();
  const writeObserver = watchWrites(logger, metrics);
  let readPool: () => PoolUsage | undefined = () => undefined;
  const db = stack.adopt(
    await open(
      isEmbedded
        ? { dataDir, writeObserver }
        : {
            url: databaseUrl,
            watchPool: (read) => (readPool = read),
            onBypass: (explanation) => logger.warn(explanation),
            writeObserver,
          },
    ),
    (opened) => opened.destroy(),
  );
  const callDb = isEmbedded ? db : withTimeLimit(db, CALL_LIMIT_MS);
  const { jwtSecrets, encryptionKeys, demoPassword } = config.isProduction
    ? requireSecrets(config)
    : await withKeptSecrets(config, logger);

  const demo = config.isProduction
    ? undefined
    : await startDemo(db, { password: config.demoPassword, firstPassword: demoPassword });
  if (demo !== undefined) stack.defer(() => demo.agent.close());

  const secretBox = createSecretBox(encryptionKeys);
  const allowedHosts = new AllowedHosts([
    ...config.webhookAllowedHosts,
    ...(demo === undefined ? [] : hostsOfDemo(demo, config)),
  ]);
  const runs = stack.adopt(
    await createRuns({
      db,
      callDb,
      openSecret: secretBox.open,
      agentLimits: config.agentLimits,
      allowedHosts,
      isOnlyInstance: isEmbedded,
      listenUrl: config.databaseListenUrl ?? databaseUrl,
      onDeaf: () => logger.warn(DEAF),
      maxRunsPerTeam: config.maxRunsPerTeam,
      onError: (err, run) => logger.error({ err, runId: run?.runId }, 'internal error of a run'),
      observer: observeRuns(logger, metrics),
    }),
    (created) => created.close({ graceMs: config.shutdownGraceMs }),
  );
  stack.adopt(
    startUsageRollups({ db, onError: (err) => logger.error({ err }, 'usage could not be rolled up') }),
    (rollups) => rollups.stop(),
  );
  const clock = stack.use(await startDatabaseClock(db));
  if (Math.abs(clock.aheadMs) > MAX_CLOCK_DIFFERENCE_MS) {
    const seconds = Math.round(clock.aheadMs / 1000);
    logger.warn(
      `The clock of this machine is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} the database's. Parley goes by the database's clock; log lines have this machine's time. Synchronize the clocks (NTP).`,
    );
  }
  const isSecure = config.publicUrl?.startsWith('https:') === true;
  const rateLimits = startRateLimits(config, { db, logger, stack }, (name) => metrics.rateLimited(name));
  metrics.watch({ runs, readPool: () => readPool() });
  const services = createServices({
    db: callDb,
    runs,
    secretBox,
    allowedHosts,
    jwtSecrets,
    now: () => clock.now(),
    isSecure,
    rateLimits,
    observeCall: (call) => metrics.callEnded(call),
    streams: {
      maxPerUser: config.maxStreamsPerUser,
      onError: (err) => logger.error({ err }, 'open streams could not be checked'),
    },
  });

  let isReady = true;
  const streamsEnd = new AbortController();
  const handle = createRequestHandler({
    services,
    logger,
    isReady: () => isReady,
    closeStreams: streamsEnd.signal,
    origins: createOrigins({ publicUrl: config.publicUrl, allowed: config.corsOrigins }),
    trustedProxies: config.trustedProxies,
    isAlwaysSecure: isSecure,
    metrics,
    metricsToken: config.metricsToken,
    pageDir: findBuiltPage(),
  });
  const server = createHttpServer((request, response) => {
    // The next request then opens a new connection, which a load balancer sends to another instance.
    if (!isReady) response.setHeader('connection', 'close');
    handle(request, response);
  });
  server.listen(config.port, config.host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');

  const running = stack.move();
  const url = `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
  logger.info({ url, instanceId: runs.instanceId }, 'listening');
  return {
    url,
    demo,
    async close(hurry) {
      isReady = false;
      await runs.close({ graceMs: config.shutdownGraceMs, ...(hurry !== undefined && { hurry }) });
      const closed = once(server, 'close');
      server.close();
      // The followers of this instance's runs receive their terminal event now, if they have not yet.
      await Promise.race([closed, delay(LAST_RESPONSES_MS)]);
      streamsEnd.abort();
      await Promise.race([closed, delay(LAST_RESPONSES_MS)]);
      server.closeAllConnections();
      await closed;
      await running.disposeAsync();
    },
  };
}

/** With the wait for a rate limit's counter, which takes 1.5 s at most, a call fails within 10 s. */
const CALL_LIMIT_MS = 8_000;

const DEAF =
  'Postgres notifications do not arrive: streams of answers that other instances generate are up to 2 s behind. DATABASE_URL probably leads to a pooler in transaction mode, such as PgBouncer. Set DATABASE_LISTEN_URL to a direct connection, or use session mode.';

/** Smaller differences are normal, and within the leeway of access tokens. */
const MAX_CLOCK_DIFFERENCE_MS = 10_000;

/** How long the last responses may take after all runs have ended. */
const LAST_RESPONSES_MS = 250;

/** Allows the demo agent's port. A server that only this machine can reach allows all of this machine, for a local n8n. */
function hostsOfDemo({ agent }: Demo, config: Config): string[] {
  const hosts = hostsOfThisMachine(config);
  return hosts.length > 0 ? hosts : [new URL(agent.url).host];
}

interface Secrets {
  jwtSecrets: readonly Uint8Array[];
  encryptionKeys: readonly Uint8Array[];
  demoPassword: string;
}

function requireSecrets({ jwtSecrets, encryptionKeys }: Config): Secrets {
  if (jwtSecrets === undefined || encryptionKeys === undefined)
    throw new Error('readConfig requires both secrets in production');
  return { jwtSecrets, encryptionKeys, demoPassword: '' };
}

async function withKeptSecrets(config: Config, logger: Logger): Promise<Secrets> {
  const kept = await keptSecrets(config.dataDir);
  const { databaseUrl, dataDir } = config;
  const { jwtSecrets = [kept.jwtSecret], encryptionKeys = [kept.encryptionKey] } = config;
  if (databaseUrl !== undefined && config.encryptionKeys === undefined) {
    logger.warn(
      `JWT_SECRET and ENCRYPTION_KEY are not both set: using those of ${dataDir}/secrets.json. All instances on this database need the same secrets.`,
    );
  }
  return { jwtSecrets, encryptionKeys, demoPassword: kept.demoPassword };
}
