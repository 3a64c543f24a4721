import { useChat } from '@ai-sdk/react';
import type { Client } from '@parley/client';
import { ParleyChatTransport, toUIMessage, type ParleyUIMessage } from '@parley/client/ai-sdk';
import { useEffect, useState } from 'react';
import { Composer, Messages } from './chat-view.tsx';

interface Props {
  client: Client;
  chatId: string | undefined;
  agentId: string | undefined;
}

/** Loads a saved chat first. */
export function UseChat(props: Props) {
  const { client, chatId } = props;
  const [messages, setMessages] = useState<ParleyUIMessage[]>();
  useEffect(() => {
    if (chatId === undefined) setMessages([]);
    else
      void client.chat.messages
        .query({ chatId })
        .then(({ items }) => setMessages(items.toReversed().map((message) => toUIMessage(message))));
  }, [client, chatId]);
  return messages === undefined ? <p>Loading</p> : <Chat {...props} messages={messages} />;
}

function Chat({ client, chatId, agentId, messages }: Props & { messages: ParleyUIMessage[] }) {
  const [transport] = useState(
    () =>
      new ParleyChatTransport({
        client,
        ...(agentId === undefined ? {} : { agentId }),
        onChatCreated: (id) => history.replaceState(null, '', `?hook=use-chat&chat=${id}`),
      }),
  );
  const chat = useChat<ParleyUIMessage>({
    ...(chatId === undefined ? {} : { id: chatId }),
    messages,
    transport,
    resume: chatId !== undefined,
  });
  return (
    <main>
      <Messages
        messages={chat.messages.map(({ id, role, parts }) => ({
          id,
          role,
          content: parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
          kinds: parts.map(({ type }) => type),
        }))}
      />
      <output>{chat.status}</output>
      <Composer onSend={(text) => chat.sendMessage({ text })} onStop={() => transport.stop(chat.id)} />
    </main>
  );
}
