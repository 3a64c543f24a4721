// The streams that are open on this instance: how many a user may have, and whether who reads them still may. They are
// looked after together, with one statement every few seconds, however many they are.
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
  /** Aborts when the reader leaves; or with a DomainError that the reader is to be told: SESSION_EXPIRED, ... */
  readonly signal: AbortSignal;
  /** To be called when the stream has ended, however it did. */
  readonly close: () => void;
}

export interface StreamGuard {
  /** @param left aborts when the reader leaves */
  open(reader: StreamReader, left: AbortSignal | undefined): OpenStream;
}

export interface StreamGuardOptions {
  /** What `open()` gave. */
  db: Kysely<DB>;
  /** How many streams one user may have on this instance. Default: 32. */
  maxPerUser?: number | undefined;
  /** How often it is checked who still may read. Default: 1,500. */
  checkMs?: number | undefined;
  /** Told of a check that failed. The streams go on: a database that is away says nothing against anybody. */
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
    // Not the newest, which somebody is looking at: the oldest may be what is left of a connection that was lost.
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
    `A user may follow ${maxPerUser} answers at a time: a newer stream has taken the place of this one.`,
  );
}
