import { createContext, use } from 'react';

interface Shell {
  /** For narrow screens, which hide the sidebar. */
  openSidebar: () => void;
  openShortcuts: () => void;
}

export const ShellContext = createContext<Shell>({ openSidebar: () => {}, openShortcuts: () => {} });

export function useShell(): Shell {
  return use(ShellContext);
}
