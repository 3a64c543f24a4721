'use client';

import { createClient, initialRunView, reduceRunEvents, sendMessage } from '@parley/client';
import { useReducer, type FormEvent } from 'react';

export function Ask({ agentId }: { agentId: string }) {
  const [answer, onEvent] = useReducer(reduceRunEvents, initialRunView);

  async function ask(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const content = String(new FormData(event.currentTarget).get('question'));
    const client = createClient({ url: location.origin });
    const chat = await client.chat.create.mutate({ agentId });
    for await (const runEvent of sendMessage(client, { chatId: chat.id, content })) onEvent(runEvent);
  }

  return (
    <form onSubmit={(event) => void ask(event)}>
      <label>
        Question <input name="question" required />
      </label>
      <button type="submit">Ask</button>
      <output>{answer.error?.message ?? answer.text}</output>
      <p>{answer.status ?? (answer.state === 'succeeded' ? 'Answered' : '')}</p>
    </form>
  );
}
