// The code under test: asks an agent and waits for its whole answer.
import { streamRunEvents, type Caller } from '@parley/api/testing';
import { randomUUID } from 'node:crypto';

export async function askAgent(caller: Caller, agentId: string, content: string): Promise<string> {
  const { id: chatId } = await caller.chat.create({ agentId });
  const { runId } = await caller.chat.send({ chatId, messageId: randomUUID(), content });
  let answer = '';
  for await (const { data } of streamRunEvents(caller, { chatId, runId })) {
    if (data.type === 'message')
      answer = data.data.reset === true ? data.data.content : answer + data.data.content;
    if (data.type === 'error') throw new Error(data.data.message);
  }
  return answer;
}
