// Builds what the server is made of, listens, and takes it all down again in the right order.
import { once } from 'node:events';
import { createSecretBox, createServices } from '@parley/api';
import { open } from '@parley/db';
import { createRuns } from '@parley/runs';
import { findBuiltPage } from '@parley/web/built-page';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { startDemo, type Demo } from './demo.ts';
import { createHttpServer } from './edge/http-server.ts';
import { createOrigins } from './edge/origins.ts';
import { keptSecrets } from './kept-secrets.ts';
import { createRequestHandler } from './request-handler.ts';

export interface RunningServer {
  /** Where it listens. */
  url: string;
  demo: Demo | undefined;
  /** Lets answers under way go on for the grace period, saves the others as they are, and closes everything. */
  close(): Promise<void>;
}

export async function startServer(config: Config, logger: Logger): Promise<RunningServer> {
  await using stack = new AsyncDisposableStack();
  const { databaseUrl, dataDir } = config;
  const isEmbedded = databaseUrl === undefined;
  const db = stack.adopt(await open(isEmbedded ? { dataDir } : { url: databaseUrl }), (opened) =>
    opened.destroy(),
  );
  const { jwtSecret, encryptionKey, demoPassword } = config.isProduction
    ? requireSecrets(config)
    : await withKeptSecrets(config, logger);

  const demo = config.isProduction
    ? undefined
    : await startDemo(db, { password: config.demoPassword, firstPassword: demoPassword });
  if (demo !== undefined) stack.defer(() => demo.agent.close());

  const secretBox = createSecretBox(encryptionKey);
  const runs = stack.adopt(
    await createRuns({
      db,
      openSecret: secretBox.open,
      isOnlyInstance: isEmbedded,
      listenUrl: databaseUrl,
      onError: (err, run) => logger.error({ err, runId: run?.runId }, 'a run met a failure'),
    }),
    (created) => created.close({ graceMs: config.shutdownGraceMs }),
  );
  const isSecure = config.publicUrl?.startsWith('https:') === true;
  const services = createServices({ db, runs, secretBox, jwtSecret, isSecure });

  let isReady = true;
  const server = createHttpServer(
    createRequestHandler({
      services,
      logger,
      isReady: () => isReady,
      origins: createOrigins({ publicUrl: config.publicUrl, allowed: config.corsOrigins }),
      trustedProxies: config.trustedProxies,
      isAlwaysSecure: isSecure,
      pageDir: findBuiltPage(),
    }),
  );
  server.listen(config.port, config.host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');

  const running = stack.move();
  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    demo,
    async close() {
      isReady = false;
      const closed = once(server, 'close');
      server.close();
      await runs.close({ graceMs: config.shutdownGraceMs });
      // Every stream has its terminal event now. What is open after the last words belongs to nobody.
      setTimeout(() => server.closeAllConnections(), LAST_WORDS_MS).unref();
      await closed;
      await running.disposeAsync();
    },
  };
}

/** How long an answer that is being written when everything else has ended may take. */
const LAST_WORDS_MS = 500;

interface Secrets {
  jwtSecret: Uint8Array;
  encryptionKey: Uint8Array;
  demoPassword: string;
}

function requireSecrets({ jwtSecret, encryptionKey }: Config): Secrets {
  if (jwtSecret === undefined || encryptionKey === undefined)
    throw new Error('readConfig lets no production start without');
  return { jwtSecret, encryptionKey, demoPassword: '' };
}

async function withKeptSecrets(config: Config, logger: Logger): Promise<Secrets> {
  const kept = await keptSecrets(config.dataDir);
  const { jwtSecret = kept.jwtSecret, encryptionKey = kept.encryptionKey, databaseUrl, dataDir } = config;
  if (databaseUrl !== undefined && config.encryptionKey === undefined) {
    logger.warn(
      `JWT_SECRET and ENCRYPTION_KEY are not both set: using the ones kept in ${dataDir}/secrets.json. Every instance on this database needs the same.`,
    );
  }
  return { jwtSecret, encryptionKey, demoPassword: kept.demoPassword };
}
