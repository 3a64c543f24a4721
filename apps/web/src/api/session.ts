// Says that the login is over: logged out here or in another tab, revoked, expired. The router listens, and shows the login.
const listeners = new Set<() => void>();

export function endSession(): void {
  for (const listener of listeners) listener();
}

export function onSessionEnd(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
