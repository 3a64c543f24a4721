// localStorage. A browser may refuse it (private window, full disk, policy); the value then lives in this tab only.
const inThisTab = new Map<string, string>();

export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(key) ?? inThisTab.get(key) ?? null;
  } catch {
    return inThisTab.get(key) ?? null;
  }
}

/** @param value null removes the key */
export function writeStored(key: string, value: string | null): void {
  inThisTab.delete(key);
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    if (value !== null) inThisTab.set(key, value);
  }
}

/** All keys with this prefix. */
export function storedKeys(prefix: string): string[] {
  const keys = new Set(inThisTab.keys());
  try {
    for (const key of Object.keys(localStorage)) keys.add(key);
  } catch {
    // The keys of this tab remain.
  }
  return [...keys].filter((key) => key.startsWith(prefix));
}
