import { Link } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import type { Chat } from '../chat/chat-types.ts';
import { ChatMenu } from './chat-menu.tsx';
import { IconButton } from '../ui/icon-button.tsx';

export function ChatListItem({ chat }: { chat: Chat }) {
  return (
    <li className="group relative">
      <Link
        to="/c/$chatId"
        params={{ chatId: chat.id }}
        className="block rounded-lg py-1.5 pr-9 pl-2 text-sm transition-colors hover:bg-hover"
        activeProps={{ className: 'bg-hover font-medium' }}
      >
        <span className="block truncate">{chat.title}</span>
      </Link>
      <div className="absolute top-0 right-0.5 opacity-0 group-hover:opacity-100 focus-within:opacity-100 has-[[data-popup-open]]:opacity-100 max-md:opacity-100 [@media(hover:none)]:opacity-100">
        <ChatMenu
          chat={chat}
          trigger={
            <IconButton label={`Actions for ${chat.title}`}>
              <Ellipsis aria-hidden />
            </IconButton>
          }
        />
      </div>
    </li>
  );
}
