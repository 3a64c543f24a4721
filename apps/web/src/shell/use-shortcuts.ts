import { useEffect, useRef } from 'react';

export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);
const mod = isMac ? '⌘' : 'Ctrl';

/** The global shortcuts, as the page displays them. */
export const shortcutKeys = {
  search: `${mod} K`,
  newChat: `${mod} Shift O`,
  shortcuts: `${mod} /`,
} as const;

type Actions = Record<keyof typeof shortcutKeys, () => void>;

export function useShortcuts(actions: Actions): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const name = shortcutOf(event);
      if (name === undefined) return;
      event.preventDefault();
      latest.current[name]();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
}

function shortcutOf(event: KeyboardEvent): keyof Actions | undefined {
  if (!(isMac ? event.metaKey : event.ctrlKey) || event.altKey || event.isComposing) return undefined;
  const key = event.key.toLowerCase();
  if (key === 'k' && !event.shiftKey) return 'search';
  if (key === 'o' && event.shiftKey) return 'newChat';
  return key === '/' ? 'shortcuts' : undefined;
}
