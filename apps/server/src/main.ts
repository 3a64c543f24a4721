// The entry point of `npm start`: reads the environment, starts the server and closes it on a signal.
import pino, { type Logger } from 'pino';
import { ConfigError, readConfig } from './config.ts';
import { createLogger } from './operations/create-logger.ts';
import { startServer, type RunningServer } from './start-server.ts';

/** Exit this long after the grace period, even if closing has not finished. */
const MAX_CLOSE_MS = 5_000;
const SAME_SIGNAL_MS = 200;

await main().catch((error: unknown) => {
  // A failed start prints one message without a stack, for the person at the terminal.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ConfigError ? 2 : 1);
});

async function main(): Promise<void> {
  const config = readConfig(process.env);
  // Logs go to stderr: stdout is for the person who started the server.
  const logger = createLogger(config.logLevel, pino.destination(2));
  const server = await startServer(config, logger);
  closeOnSignal(server, logger, config.shutdownGraceMs);
  announce(server);
}

function announce({ url, demo }: RunningServer): void {
  process.stdout.write(`Parley is listening on ${url}\n`);
  if (demo?.openTeamId !== undefined)
    process.stdout.write(`team open for registration: ${demo.openTeamId}\n`);
  if (demo?.login === undefined) return;
  const { email, password, team } = demo.login;
  process.stdout.write(`login: ${email} / ${password} (team: ${team})\n`);
}

/**
 * The first signal closes with a grace period, the second one without, the third exits. Ctrl-C under `npm start` arrives
 * twice, from the terminal and from npm: signals within 200 ms count as one.
 */
function closeOnSignal(server: RunningServer, logger: Logger, graceMs: number): void {
  const hurry = new AbortController();
  let signals = 0;
  let lastMs = -Infinity;
  const onSignal = (signal: NodeJS.Signals): void => {
    const nowMs = performance.now();
    if (nowMs - lastMs < SAME_SIGNAL_MS) return;
    lastMs = nowMs;
    signals += 1;
    if (signals === 1) {
      logger.info({ signal, graceMs }, 'shutting down');
      close();
    } else if (signals === 2) {
      logger.info({ signal }, 'shutting down without a grace period');
      hurry.abort();
    } else process.exit(1);
  };
  const close = (): void => {
    setTimeout(() => {
      logger.error('shutting down took too long; exiting');
      process.exit(1);
    }, graceMs + MAX_CLOSE_MS).unref();
    void server.close(hurry.signal).then(
      () => {
        logger.info('stopped');
        process.exit(0);
      },
      (err: unknown) => {
        logger.error({ err }, 'shutting down failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
