// Listens for notifications that runs have new journal rows. A notification names the runs; the events are in the
// table.
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

export interface RunEventsListener {
  close(): Promise<void>;
}

const CHANNEL = 'run_events';
const FIRST_RETRY_MS = 100;
const MAX_RETRY_MS = 5_000;

/**
 * Opens its own connection, and reconnects whenever it is lost.
 * @param onWake called with the ids of runs, or with undefined after each (re)connection, when any run may have new
 * events
 */
export function listenForRunEvents(
  { url }: { url: string },
  onWake: (runIds: string[] | undefined) => void,
): RunEventsListener {
  const closing = new AbortController();
  const done = keepListening(url, onWake, closing.signal);
  return {
    close() {
      closing.abort();
      return done;
    },
  };
}

async function keepListening(
  url: string,
  onWake: (runIds: string[] | undefined) => void,
  signal: AbortSignal,
): Promise<void> {
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
      client.on('notification', ({ payload = '' }) => onWake(payload.split(',')));
      await client.query(`listen ${CHANNEL}`);
      retryMs = FIRST_RETRY_MS;
      onWake(undefined);
      await lost;
    } catch {
      // The database is unavailable. Followers poll the table in the meantime.
    }
    await client.end().catch(() => {});
    await delay(retryMs, undefined, { signal }).catch(() => {});
    retryMs = Math.min(retryMs * 2, MAX_RETRY_MS);
  }
}
