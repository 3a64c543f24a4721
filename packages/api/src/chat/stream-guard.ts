// Guards the streams that are open on this instance: it limits their number per user, and ends those whose reader has lost
// access. One statement every few seconds checks all of them.
import { staleStreams, type DB, type StreamKey } from '@parley/db';
import type { Kysely } from 'kysely';
import type { Credential } from '../auth/credential.ts';
import { chatNotFound, DomainError, invalidApiKey, sessionExpired } from '../errors.ts';

export interface StreamReader {
  teamId: string;
  userId: string;
  credential: Credential;
  runId: string;
}

export interface OpenStream {
  /** Aborts when the reader disconnects, or with the DomainError to send to the reader, such as SESSION_EXPIRED. */
  readonly signal: AbortSignal;
  /** Call it when the stream has ended for any reason. */
  readonly close: () => void;
}

export interface StreamGuard {
  /** @param left aborts when the reader disconnects */
  open(reader: StreamReader, left: AbortSignal | undefined): OpenStream;
}

export interface StreamGuardOptions {
  /** The database from `open()`. */
  db: Kysely<DB>;
  /** Streams per user on this instance. Default: 32. */
  maxPerUser?: number | undefined;
  /** Interval between access checks. Default: 1,500. */
  checkMs?: number | undefined;
  /** Receives the error of a failed check. The streams continue: an outage is not a revocation. */
  onError?: ((error: unknown) => void) | undefined;
}

const DEFAULT_MAX_PER_USER = 32;
const DEFAULT_CHECK_MS = 1_500;

interface Entry extends StreamKey {
  controller: AbortController;
}

export function createStreamGuard(options: StreamGuardOptions): StreamGuard {
  const { db, maxPerUser = DEFAULT_MAX_PER_USER, checkMs = DEFAULT_CHECK_MS, onError = () => {} } = options;
  /** By user; the oldest first. */
  const users = new Map<string, Set<Entry>>();
  let timer: NodeJS.Timeout | undefined;
  let isChecking = false;

  function add(entry: Entry): void {
    const streams = users.get(entry.userId) ?? new Set<Entry>();
    // Cut the oldest: it may belong to a lost connection, while someone is watching the newest.
    for (const oldest of streams) {
      if (streams.size < maxPerUser) break;
      cut(oldest, tooManyStreams(maxPerUser));
    }
    users.set(entry.userId, streams.add(entry));
    timer ??= setInterval(() => void check(), checkMs).unref();
  }

  function remove(entry: Entry): void {
    const streams = users.get(entry.userId);
    if (streams?.delete(entry) !== true || streams.size > 0) return;
    users.delete(entry.userId);
    if (users.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  function cut(entry: Entry, reason: DomainError): void {
    remove(entry);
    entry.controller.abort(reason);
  }

  async function check(): Promise<void> {
    if (isChecking) return;
    isChecking = true;
    try {
      const entries = [...users.values()].flatMap((streams) => Array.from(streams));
      for (const { index, isAuthenticated } of await staleStreams.list(db, entries)) {
        const entry = entries[index];
        if (entry !== undefined) cut(entry, isAuthenticated ? chatNotFound() : credentialRevoked(entry));
      }
    } catch (error) {
      onError(error);
    } finally {
      isChecking = false;
    }
  }

  return {
    open({ teamId, userId, credential, runId }, left) {
      const controller = new AbortController();
      const isSession = credential.type === 'session';
      const entry: Entry = {
        teamId,
        userId,
        sessionIdHash: isSession ? credential.sessionIdHash : null,
        apiKeyId: isSession ? null : credential.apiKeyId,
        runId,
        controller,
      };
      const leave = (): void => {
        remove(entry);
        controller.abort();
      };
      if (left?.aborted === true) {
        leave();
      } else {
        add(entry);
        left?.addEventListener('abort', leave, { once: true });
      }
      return {
        signal: controller.signal,
        close() {
          remove(entry);
          left?.removeEventListener('abort', leave);
        },
      };
    },
  };
}

function credentialRevoked({ apiKeyId }: Entry): DomainError {
  return apiKeyId === null ? sessionExpired() : invalidApiKey();
}

function tooManyStreams(maxPerUser: number): DomainError {
  return new DomainError(
    'TOO_MANY_STREAMS',
    `A user may have ${maxPerUser} open streams: a newer one replaced this one.`,
  );
}
