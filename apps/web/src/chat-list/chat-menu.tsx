import { lazy, Suspense, type ReactElement } from 'react';
import type { Chat } from '../api/types.ts';

const ChatMenuPopup = lazy(async () => ({ default: (await import('./chat-menu-popup.tsx')).ChatMenuPopup }));

/** What can be done with a chat. The button is there at once, and the menu behind it a moment later. */
export function ChatMenu({ chat, trigger }: { chat: Chat; trigger: ReactElement }) {
  return (
    <Suspense fallback={trigger}>
      <ChatMenuPopup chat={chat} trigger={trigger} />
    </Suspense>
  );
}
