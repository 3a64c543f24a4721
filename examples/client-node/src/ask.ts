// Asks the first agent a question and prints its answer while it arrives:
//   PARLEY_API_KEY=parley_... npm start -- "What can you do?"
import { createClient, getErrorReason, sendMessage } from '@parley/client';

const { PARLEY_URL: url = 'http://127.0.0.1:8000', PARLEY_API_KEY: apiKey } = process.env;
if (apiKey === undefined) throw new Error('Set PARLEY_API_KEY to an API key with the scope "chat".');

const client = createClient({ url, apiKey });
try {
  await ask(process.argv[2] ?? 'Hello');
} catch (error) {
  const { reason, requestId } = getErrorReason(error) ?? {};
  console.error(
    reason ?? 'no server answered',
    requestId ?? '',
    error instanceof Error ? error.message : error,
  );
  process.exitCode = 1;
}

async function ask(content: string): Promise<void> {
  const [agent] = (await client.agent.list.query()).items;
  if (agent === undefined) throw new Error('The team has no agent yet.');
  const chat = await client.chat.create.mutate({ agentId: agent.id });
  for await (const event of sendMessage(client, { chatId: chat.id, content })) {
    if (event.type === 'message') process.stdout.write(event.data.content);
    if (event.type === 'error') throw new Error(event.data.message);
  }
  process.stdout.write('\n');
}
