// `npm start`
import pino from 'pino';
import { ConfigError, readConfig } from './config.ts';
import { createLogger } from './operations/create-logger.ts';
import { startServer, type RunningServer } from './start-server.ts';

/** After this much more than the grace period, whatever still hangs is left behind. */
const MAX_CLOSE_MS = 5_000;
const SAME_SIGNAL_MS = 200;

await main().catch((error: unknown) => {
  // What stops a start is for the person at the terminal: one message, no stack.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ConfigError ? 2 : 1);
});

async function main(): Promise<void> {
  const config = readConfig(process.env);
  // Logs go to stderr: stdout is for the person who started it.
  const logger = createLogger(config.logLevel, pino.destination(2));
  const server = await startServer(config, logger);
  closeOnSignal(server, config.shutdownGraceMs + MAX_CLOSE_MS);
  announce(server);
}

function announce({ url, demo }: RunningServer): void {
  process.stdout.write(`Parley is listening on ${url}\n`);
  if (demo?.openTeamId !== undefined)
    process.stdout.write(`team that is open for registration: ${demo.openTeamId}\n`);
  if (demo?.login === undefined) return;
  const { email, password, team } = demo.login;
  process.stdout.write(`login: ${email} / ${password} (team: ${team})\n`);
}

/**
 * The first signal closes with a grace period, the second one without, the third ends the process. Ctrl-C under `npm start`
 * arrives twice at once, from the terminal and from npm: that counts as one.
 */
function closeOnSignal(server: RunningServer, maxMs: number): void {
  const hurry = new AbortController();
  let signals = 0;
  let lastMs = -Infinity;
  const onSignal = (): void => {
    const nowMs = performance.now();
    if (nowMs - lastMs < SAME_SIGNAL_MS) return;
    lastMs = nowMs;
    signals += 1;
    if (signals === 1) close();
    else if (signals === 2) hurry.abort();
    else process.exit(1);
  };
  const close = (): void => {
    setTimeout(() => process.exit(1), maxMs).unref();
    void server.close(hurry.signal).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
