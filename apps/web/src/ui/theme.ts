// The theme: light, dark, or that of the system. public/theme.js sets it before the first paint.
import { useSyncExternalStore } from 'react';
import { readStored, writeStored } from '../storage/stored.ts';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'parley:theme';
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

function readTheme(): Theme {
  const stored = readStored(KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

function applyTheme(): void {
  const theme = readTheme();
  const isDark = theme === 'dark' || (theme === 'system' && systemIsDark.matches);
  document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
  for (const listener of listeners) listener();
}

export function setTheme(theme: Theme): void {
  writeStored(KEY, theme === 'system' ? null : theme);
  applyTheme();
}

/** Follows the theme of the system, and changes in other tabs. */
export function watchTheme(): void {
  systemIsDark.addEventListener('change', applyTheme);
  addEventListener('storage', ({ key }) => key === KEY && applyTheme());
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, readTheme);
}

/** The theme that is shown: with `system`, that of the system. */
export function useShownTheme(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, () =>
    document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light',
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
