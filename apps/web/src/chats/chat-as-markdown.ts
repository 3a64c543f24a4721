import type { Message } from '../chat/chat-types.ts';

/** Each message under who wrote it and when; an answer that is not whole says so. */
export function toMarkdown(title: string, messages: Message[], agentName: string): string {
  const parts = messages.map(({ role, content, timestamp, status }) => {
    const who = role === 'user' ? 'You' : agentName;
    const ending = status === 'complete' ? '' : `\n\n_(${status})_`;
    return `## ${who}, ${timestamp}\n\n${content}${ending}`;
  });
  return `${[`# ${title.replaceAll(/\s+/g, ' ')}`, ...parts].join('\n\n')}\n`;
}

/** Without what a file system, or a person at a terminal, would stumble over. */
export function fileName(title: string): string {
  const plain = title
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60);
  return plain === '' ? 'chat' : plain;
}
