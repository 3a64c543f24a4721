import { client } from '../api/api.ts';
import type { Chat } from '../chat/chat-types.ts';
import { fileName, toMarkdown } from './chat-as-markdown.ts';

/** Saves a whole chat as a file on this device. */
export async function exportChat(chat: Chat, format: 'markdown' | 'json', agentName: string): Promise<void> {
  const whole = await client.chat.get.query({ id: chat.id });
  const name = fileName(whole.title);
  if (format === 'json') save(`${name}.json`, 'application/json', `${JSON.stringify(whole, null, 2)}\n`);
  else save(`${name}.md`, 'text/markdown', toMarkdown(whole.title, whole.messages, agentName));
}

function save(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
