import { PanelLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from './icon-button.tsx';
import { useShell } from './shell-context.ts';

/** The bar at the top of every page inside the shell. */
export function PageHeader({ actions, children }: { actions?: ReactNode; children?: ReactNode }) {
  const { openSidebar } = useShell();
  return (
    <header className="flex h-14 shrink-0 items-center gap-2 border-b border-line px-3 md:px-5">
      <IconButton label="Chats" className="md:hidden" onClick={openSidebar}>
        <PanelLeft aria-hidden />
      </IconButton>
      <div className="min-w-0 flex-1 leading-tight">{children}</div>
      {actions}
    </header>
  );
}
