import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Keyboard, LogOut, Monitor, Moon, Settings, ShieldUser, Sun } from 'lucide-react';
import type { ReactElement } from 'react';
import { parley, trpc } from '../api/api.ts';
import { explainError } from '@parley/client';
import { endSession } from '../api/session.ts';
import { useAccount, useIsAdmin } from '../auth/account.tsx';
import { forgetDrafts } from '../storage/drafts.ts';
import { Menu, MenuItem, MenuLink, MenuRadio, MenuSeparator } from '../ui/menu.tsx';
import { useShell } from '../ui/shell-context.ts';
import { setTheme, useTheme } from '../ui/theme.ts';
import { toast } from '../ui/toast.ts';

const themes = [
  { value: 'system', label: 'System', icon: <Monitor aria-hidden /> },
  { value: 'light', label: 'Light', icon: <Sun aria-hidden /> },
  { value: 'dark', label: 'Dark', icon: <Moon aria-hidden /> },
] as const;

export function UserMenuPopup({ trigger }: { trigger: ReactElement }) {
  const { user } = useAccount();
  const isAdmin = useIsAdmin();
  const { openShortcuts } = useShell();
  const theme = useTheme();
  const logout = useMutation(
    trpc.auth.logout.mutationOptions({
      onSuccess() {
        forgetDrafts(user.id);
        parley.outbox.forget(user.id);
        endSession();
      },
      onError: (error) => toast(explainError(error), 'error'),
    }),
  );
  return (
    <Menu side="top" align="start" trigger={trigger}>
      <MenuRadio label="Theme" value={theme} options={[...themes]} onChange={setTheme} />
      <MenuSeparator />
      <MenuLink render={<Link to="/settings" />}>
        <Settings aria-hidden />
        Settings
      </MenuLink>
      {isAdmin ? (
        <MenuLink render={<Link to="/admin/agents" />}>
          <ShieldUser aria-hidden />
          Administration
        </MenuLink>
      ) : null}
      <MenuItem onClick={openShortcuts}>
        <Keyboard aria-hidden />
        Keyboard shortcuts
      </MenuItem>
      <MenuSeparator />
      <MenuItem onClick={() => logout.mutate()}>
        <LogOut aria-hidden />
        Log out
      </MenuItem>
    </Menu>
  );
}
