// The frame around every page of a logged-in user: the sidebar and the global keyboard shortcuts.
import { Outlet, useNavigate, useRouteContext, useRouter } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { AccountProvider } from '../auth/account.tsx';
import { ShellContext } from '../ui/shell-context.ts';
import { Sidebar } from './sidebar.tsx';
import { useShortcuts } from './use-shortcuts.ts';

const SidebarDrawer = lazy(async () => ({ default: (await import('./sidebar-drawer.tsx')).SidebarDrawer }));
const Shortcuts = lazy(async () => ({ default: (await import('./shortcuts-dialog.tsx')).Shortcuts }));

export function AppShell() {
  const { account } = useRouteContext({ from: '/app' });
  const navigate = useNavigate();
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  const [areShortcutsOpen, setShortcutsOpen] = useState(false);
  const router = useRouter();
  useEffect(() => router.subscribe('onBeforeNavigate', () => setDrawerOpen(false)), [router]);

  useShortcuts({
    newChat: () => void navigate({ to: '/' }),
    shortcuts: () => setShortcutsOpen(true),
    search: () => {
      const focus = (): void => document.getElementById('search-chats')?.focus();
      // At once where the box is visible, so that the next key goes into it.
      if (matchMedia('(min-width: 48rem)').matches) {
        focus();
        return;
      }
      setDrawerOpen(true);
      requestAnimationFrame(focus);
    },
  });

  return (
    <AccountProvider account={account}>
      <ShellContext
        value={{ openSidebar: () => setDrawerOpen(true), openShortcuts: () => setShortcutsOpen(true) }}
      >
        <a
          href="#main"
          className="absolute -top-20 left-3 z-50 rounded-lg bg-accent px-3 py-2 text-sm text-on-accent focus:top-3"
        >
          Skip to content
        </a>
        <div className="flex h-full">
          <div className="hidden w-[17.5rem] shrink-0 border-r border-line bg-side md:flex">
            <Sidebar />
          </div>
          <div id="main" tabIndex={-1} className="flex min-w-0 flex-1 flex-col outline-none">
            <Outlet />
          </div>
        </div>
        <Suspense>
          {isDrawerOpen ? <SidebarDrawer onClose={() => setDrawerOpen(false)} /> : null}
          {areShortcutsOpen ? <Shortcuts onClose={() => setShortcutsOpen(false)} /> : null}
        </Suspense>
      </ShellContext>
    </AccountProvider>
  );
}
