// localStorage, which a browser may refuse: private windows, a full disk, a policy. What cannot be kept lives in this tab.
const inThisTab = new Map<string, string>();

export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(key) ?? inThisTab.get(key) ?? null;
  } catch {
    return inThisTab.get(key) ?? null;
  }
}

/** @param value null removes */
export function writeStored(key: string, value: string | null): void {
  inThisTab.delete(key);
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    if (value !== null) inThisTab.set(key, value);
  }
}

/** Every key that begins like this. */
export function storedKeys(prefix: string): string[] {
  const keys = new Set(inThisTab.keys());
  try {
    for (const key of Object.keys(localStorage)) keys.add(key);
  } catch {
    // Only what is in this tab, then.
  }
  return [...keys].filter((key) => key.startsWith(prefix));
}
