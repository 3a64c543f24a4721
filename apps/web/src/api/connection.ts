// Whether the server is reachable. After a request without an answer, probes the server until it responds.
import { useSyncExternalStore } from 'react';

export type Connection = 'online' | 'offline' | 'reconnecting';

const PROBE_MS = 2_000;
const PROBE_TIMEOUT_MS = 5_000;

let connection: Connection = navigator.onLine ? 'online' : 'offline';
let probing: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

export function getConnection(): Connection {
  return connection;
}

/** Call when a request got no answer, or a stream broke off. */
export function reportUnreachable(): void {
  set(navigator.onLine ? 'reconnecting' : 'offline');
  probing ??= setTimeout(() => void probe(), 0);
}

export function onConnectionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useConnection(): Connection {
  return useSyncExternalStore(onConnectionChange, getConnection);
}

/** Resolves when the server is reachable. */
export async function waitUntilOnline(): Promise<void> {
  if (connection === 'online') return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const unsubscribe = onConnectionChange(() => connection === 'online' && resolve());
  await promise;
  unsubscribe();
}

export function watchConnection(): void {
  addEventListener('offline', reportUnreachable);
  // Online for the browser means any network at all: the server may still be unreachable.
  addEventListener('online', reportUnreachable);
  if (connection === 'offline') reportUnreachable();
}

async function probe(): Promise<void> {
  const isUp = await fetch('/healthz', {
    cache: 'no-store',
    signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
  }).then(
    ({ ok }) => ok,
    () => false,
  );
  if (isUp) {
    probing = undefined;
    set('online');
  } else {
    set(navigator.onLine ? 'reconnecting' : 'offline');
    probing = setTimeout(() => void probe(), PROBE_MS);
  }
}

function set(next: Connection): void {
  if (next === connection) return;
  connection = next;
  for (const listener of listeners) listener();
}
