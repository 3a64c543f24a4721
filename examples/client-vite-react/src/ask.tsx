// A conversation with @parley/client/react.
import { useConversation, useParley, useTRPC } from '@parley/client/react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { QuestionForm } from './question-form.tsx';

export function Ask() {
  const parley = useParley();
  const { data: agents } = useQuery(useTRPC().agent.list.queryOptions({ limit: 1 }));
  const [chatId, setChatId] = useState<string>();
  const agentId = agents?.items[0]?.id;

  async function ask(content: string): Promise<void> {
    if (agentId !== undefined) setChatId(await parley.startChat({ agentId, content }));
  }

  if (chatId !== undefined) return <Conversation chatId={chatId} />;
  return <QuestionForm isDisabled={agentId === undefined} onAsk={(content) => void ask(content)} />;
}

function Conversation({ chatId }: { chatId: string }) {
  const { messages, status, activity, send, stop } = useConversation({ chatId });
  return (
    <>
      {messages.map(({ id, role, content }) =>
        role === 'user' ? <p key={id}>{content}</p> : <output key={id}>{content}</output>,
      )}
      <p>{status === 'streaming' ? activity : status === 'ready' ? 'Answered' : ''}</p>
      {status === 'streaming' && <button onClick={() => void stop()}>Stop</button>}
      <QuestionForm isDisabled={status !== 'ready'} onAsk={send} />
    </>
  );
}
