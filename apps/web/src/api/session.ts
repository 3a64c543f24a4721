// Announces the end of the session: a logout here or in another tab, a revocation, an expiry. The router then shows the login.
const listeners = new Set<() => void>();

export function endSession(): void {
  for (const listener of listeners) listener();
}

export function onSessionEnd(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
