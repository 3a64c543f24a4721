import { createContext, use } from 'react';

interface Shell {
  /** On narrow screens, where it is not beside the page. */
  openSidebar: () => void;
  openShortcuts: () => void;
}

export const ShellContext = createContext<Shell>({ openSidebar: () => {}, openShortcuts: () => {} });

export function useShell(): Shell {
  return use(ShellContext);
}
