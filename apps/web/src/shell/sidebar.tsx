import { Link } from '@tanstack/react-router';
import { SquarePen } from 'lucide-react';
import { ChatList } from '../chat-list/chat-list.tsx';
import { Logo } from '../ui/logo.tsx';
import { shortcutKeys } from './use-shortcuts.ts';
import { UserMenu } from './user-menu.tsx';

export function Sidebar() {
  return (
    <div className="flex min-w-0 flex-1 flex-col">
      <div className="flex h-14 items-center justify-between pr-3 pl-4">
        <Link to="/" aria-label="Parley: new chat" className="rounded-lg">
          <Logo />
        </Link>
      </div>
      <div className="px-3 pb-2">
        <Link
          to="/"
          title={`New chat (${shortcutKeys.newChat})`}
          className="flex h-9 items-center gap-2.5 rounded-lg border border-line bg-raised px-3 text-sm font-medium transition-colors hover:bg-hover"
        >
          <SquarePen aria-hidden className="size-4 text-accent" />
          New chat
        </Link>
      </div>
      <ChatList />
      <UserMenu />
    </div>
  );
}
