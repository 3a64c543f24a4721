// Listens for notifications that runs have new journal rows. A notification names the runs; the events are in the
// table.
import { randomUUID } from 'node:crypto';
import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

export interface RunEventsListener {
  close(): Promise<void>;
}

/** Also in schema.sql. */
const CHANNEL = 'run_events';
export const TEST_CHANNEL = 'run_events_test';
/** A server may accept a connection and never answer. */
const CONNECT_TIMEOUT_MS = 5_000;
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
  options: ListenOptions,
  onWake: (runIds: string[] | undefined) => void,
  signal: AbortSignal,
): Promise<void> {
  let isTested = false;
  let retryMs = FIRST_RETRY_MS;
  while (!signal.aborted) {
    const connection = new Connection(options.url, signal);
    const { client, lost } = connection;
    try {
      await connection.open();
      client.on('notification', ({ channel, payload = '' }) => {
        if (channel === CHANNEL) onWake(payload.split(','));
      });
      await connection.unlessLost(client.query(`listen ${CHANNEL}; listen ${TEST_CHANNEL}`));
      retryMs = FIRST_RETRY_MS;
      onWake(undefined);
      if (!isTested && (await hearsItself(client, options.notify, lost)) === false) options.onDeaf?.();
      isTested = true;
      await lost;
    } catch {
      // The database is unavailable. Followers poll the table in the meantime.
    }
    await connection.close();
    await delay(retryMs, undefined, { signal }).catch(() => {});
    retryMs = Math.min(retryMs * 2, MAX_RETRY_MS);
  }
}

class Connection {
  readonly client: pg.Client;
  /** Resolves when the connection is lost, or when the signal aborts. */
  readonly lost: Promise<void>;
  readonly #signal: AbortSignal;
  readonly #lose: () => void;
  #isOpen = false;

  constructor(url: string, signal: AbortSignal) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.lost = promise;
    this.#lose = resolve;
    this.#signal = signal;
    this.client = new pg.Client({
      connectionString: url,
      application_name: 'parley listen',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    });
    // Never removed: a connection that is reset emits two errors, the second one ("Connection terminated unexpectedly")
    // when its socket closes. Without a listener, that would end the process.
    this.client.on('error', this.#lose);
    this.client.on('end', this.#lose);
    signal.addEventListener('abort', this.#lose, { once: true });
  }

  async open(): Promise<void> {
    await this.unlessLost(this.client.connect());
    this.#isOpen = true;
  }

  /** Rejects when the connection is lost: pg does not settle a `connect()` whose client was ended. */
  async unlessLost<Result>(work: Promise<Result>): Promise<Result> {
    return Promise.race([
      work,
      this.lost.then(() => {
        throw new Error('The connection was lost.');
      }),
    ]);
  }

  /** Does not wait for the server, which may not answer. */
  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#lose);
    const ended = this.client.end();
    const { stream } = this.client.connection;
    // Sends pg's goodbye, if the server can have it.
    if (this.#isOpen && stream instanceof Socket) stream.destroySoon();
    else stream.destroy();
    await ended.catch(() => {});
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
