import { Ellipsis, PanelLeft } from 'lucide-react';
import { ChatMenu } from '../chats/chat-menu.tsx';
import { useShell } from '../shell/shell-context.ts';
import { IconButton } from '../ui/icon-button.tsx';
import type { Agent, Chat } from './chat-types.ts';

export function ChatHeader({ chat, agent }: { chat: Chat | undefined; agent: Agent | undefined }) {
  return (
    <PageHeader
      actions={
        chat === undefined ? null : (
          <ChatMenu
            chat={chat}
            trigger={
              <IconButton label="Chat actions">
                <Ellipsis aria-hidden />
              </IconButton>
            }
          />
        )
      }
    >
      <h1 className="truncate text-sm font-semibold">{chat?.title ?? ' '}</h1>
      {agent === undefined ? null : <p className="truncate text-xs text-muted">{agent.name}</p>}
    </PageHeader>
  );
}

/** The bar at the top of every page inside the shell. */
export function PageHeader({ actions, children }: { actions?: React.ReactNode; children?: React.ReactNode }) {
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
