// A small application on the client's hooks. The address selects the hook and the chat.
import { createClient } from '@parley/client';
import { createParley, ParleyProvider } from '@parley/client/react';
import { StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Conversation } from './conversation.tsx';
import { UseChat } from './use-chat.tsx';

const client = createClient({ url: location.origin });
const parley = createParley({ client });
const address = new URLSearchParams(location.search);

function Page() {
  const [isOpen, setIsOpen] = useState(true);
  const chatId = address.get('chat') ?? undefined;
  const agentId = address.get('agent') ?? undefined;
  return (
    <ParleyProvider parley={parley}>
      <button onClick={() => setIsOpen(!isOpen)}>{isOpen ? 'Leave' : 'Come back'}</button>
      {!isOpen ? null : address.get('hook') === 'use-chat' ? (
        <UseChat client={client} chatId={chatId} agentId={agentId} />
      ) : chatId === undefined ? null : (
        <Conversation chatId={chatId} />
      )}
    </ParleyProvider>
  );
}

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <Page />
  </StrictMode>,
);
