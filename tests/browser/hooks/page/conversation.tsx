import { useConversation } from '@parley/client/react';
import { Composer, Messages } from './chat-view.tsx';

export function Conversation({ chatId }: { chatId: string }) {
  const { messages, status, activity, send, stop } = useConversation({ chatId });
  return (
    <main>
      <Messages
        messages={messages.map(({ id, role, content, parts }) => ({
          id,
          role,
          content,
          kinds: parts.map(({ type }) => type),
        }))}
      />
      <output>{status}</output>
      <p aria-label="Activity">{activity}</p>
      <Composer onSend={send} onStop={stop} />
    </main>
  );
}
