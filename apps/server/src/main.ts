// `npm start`
import pino from 'pino';
import { ConfigError, readConfig } from './config.ts';
import { startServer, type RunningServer } from './start-server.ts';

/** After this much more than the grace period, whatever still hangs is left behind. */
const MAX_CLOSE_MS = 5_000;

await main().catch((error: unknown) => {
  // What stops a start is for the person at the terminal: one message, no stack.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ConfigError ? 2 : 1);
});

async function main(): Promise<void> {
  const config = readConfig(process.env);
  // Logs go to stderr: stdout is for the person who started it.
  const logger = pino({ level: config.logLevel }, pino.destination(2));
  const server = await startServer(config, logger);
  closeOnSignal(server, config.shutdownGraceMs + MAX_CLOSE_MS);
  announce(server);
}

function announce({ url, demo }: RunningServer): void {
  process.stdout.write(`Parley is listening on ${url}\n`);
  if (demo?.login === undefined) return;
  const { email, password, team } = demo.login;
  process.stdout.write(`login: ${email} / ${password} (team: ${team})\n`);
}

function closeOnSignal(server: RunningServer, maxMs: number): void {
  let isClosing = false;
  const close = (): void => {
    // A second signal is somebody who will not wait.
    if (isClosing) process.exit(1);
    isClosing = true;
    setTimeout(() => process.exit(1), maxMs).unref();
    void server.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGTERM', close);
  process.on('SIGINT', close);
}
