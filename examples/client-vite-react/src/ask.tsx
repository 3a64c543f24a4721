import { initialRunView, reduceRunEvents, sendMessage } from '@parley/client';
import { useReducer, type FormEvent } from 'react';
import { client } from './client.ts';

export function Ask({ name }: { name: string }) {
  const [answer, onEvent] = useReducer(reduceRunEvents, initialRunView);

  async function ask(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const content = String(new FormData(event.currentTarget).get('question'));
    const [agent] = (await client.agent.list.query()).items;
    if (agent === undefined) return;
    const chat = await client.chat.create.mutate({ agentId: agent.id });
    for await (const runEvent of sendMessage(client, { chatId: chat.id, content })) onEvent(runEvent);
  }

  return (
    <main>
      <h1>Hello {name}</h1>
      <form onSubmit={(event) => void ask(event)}>
        <label>
          Question <input name="question" required />
        </label>
        <button type="submit">Ask</button>
      </form>
      <output>{answer.error?.message ?? answer.text}</output>
      <p>{answer.status ?? (answer.state === 'succeeded' ? 'Answered' : '')}</p>
    </main>
  );
}
