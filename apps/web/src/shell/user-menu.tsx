import { ChevronsUpDown } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { useAccount } from '../auth/account.tsx';
import { Avatar } from '../ui/avatar.tsx';

const UserMenuPopup = lazy(async () => ({ default: (await import('./user-menu-popup.tsx')).UserMenuPopup }));

/** The button with the user's name that opens the user menu. */
export function UserMenu() {
  const { user, team } = useAccount();
  const trigger = (
    <button
      type="button"
      className="flex w-full items-center gap-2.5 rounded-lg p-2 text-left transition-colors hover:bg-hover data-[popup-open]:bg-hover"
    >
      <Avatar name={user.displayName} />
      <span className="sr-only">Account: </span>
      <span className="min-w-0 flex-1 leading-tight">
        <span className="block truncate text-sm font-medium">{user.displayName}</span>
        <span className="block truncate text-xs text-muted">{team.name}</span>
      </span>
      <ChevronsUpDown aria-hidden className="size-4 text-muted" />
    </button>
  );
  return (
    <div className="border-t border-line p-2">
      <Suspense fallback={trigger}>
        <UserMenuPopup trigger={trigger} />
      </Suspense>
    </div>
  );
}
