// Listens for notifications that runs have new journal rows. A notification names the runs; the events are in the
// table.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

export interface RunEventsListener {
  close(): Promise<void>;
}

/** Also in schema.sql. */
const CHANNEL = 'run_events';
export const TEST_CHANNEL = 'run_events_test';
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;

/** How long a notification to oneself may take. */
const CHECK_MS = 5_000;

export interface ListenOptions {
  /** A direct connection to Postgres, or one through a pooler in session mode. */
  url: string;
  /** Sends a notification on `TEST_CHANNEL` over a connection of the pool. */
  notify: (payload: string) => Promise<unknown>;
  /** Called once if the notification does not come back: a pooler in transaction mode does not forward it. */
  onDeaf?: (() => void) | undefined;
}

/**
 * Opens its own connection, and reconnects whenever it is lost. Tests the first connection with a notification to
 * itself.
 * @param onWake called with the ids of runs, or with undefined after each (re)connection, when any run may have new
 * events
 */
export function listenForRunEvents(
  options: ListenOptions,
  onWake: (runIds: string[] | undefined) => void,
): RunEventsListener {
  const closing = new AbortController();
  const done = keepListening(options, onWake, closing.signal);
  return {
    close() {
      closing.abort();
      return done;
    },
  };
}

async function keepListening(
  { url, notify, onDeaf }: ListenOptions,
  onWake: (runIds: string[] | undefined) => void,
  signal: AbortSignal,
): Promise<void> {
  let isTested = false;
  let retryMs = FIRST_RETRY_MS;
  while (!signal.aborted) {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'parley listen',
      keepAlive: true,
    });
    try {
      const lost = new Promise<void>((resolve) => {
        client.once('error', () => resolve());
        client.once('end', () => resolve());
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      await client.connect();
      client.on('notification', ({ channel, payload = '' }) => {
        if (channel === CHANNEL) onWake(payload.split(','));
      });
      await client.query(`listen ${CHANNEL}; listen ${TEST_CHANNEL}`);
      retryMs = FIRST_RETRY_MS;
      onWake(undefined);
      if (!isTested && (await hearsItself(client, notify, lost)) === false) onDeaf?.();
      isTested = true;
      await lost;
    } catch {
      // The database is unavailable. Followers poll the table in the meantime.
    }
    await client.end().catch(() => {});
    await delay(retryMs, undefined, { signal }).catch(() => {});
    retryMs = Math.min(retryMs * 2, MAX_RETRY_MS);
  }
}

/** Sends a notification to `client`. @returns undefined if the test was cut short */
async function hearsItself(
  client: pg.Client,
  notify: ListenOptions['notify'],
  lost: Promise<void>,
): Promise<boolean | undefined> {
  const token = `test ${randomUUID()}`;
  const heard = new Promise<true>((resolve) => {
    client.on('notification', ({ payload }) => payload === token && resolve(true));
  });
  const ended = new AbortController();
  const { signal } = ended;
  try {
    await notify(token);
    return await Promise.race([
      heard,
      lost.then(() => undefined),
      delay(CHECK_MS, false, { signal, ref: false }).catch(() => undefined),
    ]);
  } finally {
    ended.abort();
  }
}
