import { lazy, Suspense, type ReactElement } from 'react';
import type { Chat } from '../api/types.ts';

const ChatMenuPopup = lazy(async () => ({ default: (await import('./chat-menu-popup.tsx')).ChatMenuPopup }));

/** The menu of a chat. The trigger renders at once; the menu itself is loaded after the page. */
export function ChatMenu({ chat, trigger }: { chat: Chat; trigger: ReactElement }) {
  return (
    <Suspense fallback={trigger}>
      <ChatMenuPopup chat={chat} trigger={trigger} />
    </Suspense>
  );
}
