// The same with the AI SDK's useChat, for pages and components that are built on it.
import { useChat } from '@ai-sdk/react';
import { ParleyChatTransport, type ParleyUIMessage } from '@parley/client/ai-sdk';
import { useTRPC } from '@parley/client/react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { client } from './client.ts';
import { QuestionForm } from './question-form.tsx';

export function AskWithAiSdk() {
  const { data: agents } = useQuery(useTRPC().agent.list.queryOptions({ limit: 1 }));
  const agentId = agents?.items[0]?.id;
  return agentId === undefined ? null : <Chat agentId={agentId} />;
}

function Chat({ agentId }: { agentId: string }) {
  const [transport] = useState(() => new ParleyChatTransport({ client, agentId }));
  const { id, messages, status, sendMessage } = useChat<ParleyUIMessage>({ transport });
  return (
    <>
      {messages.map((message) => {
        const text = message.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
        return message.role === 'user' ? (
          <p key={message.id}>{text}</p>
        ) : (
          <output key={message.id}>{text}</output>
        );
      })}
      <p>{status === 'ready' && messages.length > 0 ? 'Answered' : ''}</p>
      {status === 'streaming' && <button onClick={() => void transport.stop(id)}>Stop</button>}
      <QuestionForm isDisabled={status !== 'ready'} onAsk={(text) => void sendMessage({ text })} />
    </>
  );
}
