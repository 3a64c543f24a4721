// Turns a chat's messages into a history that every agent accepts. Chat templates of models such as Mistral and Gemma, and some
// providers, refuse a history that does not start with the user, or in which one role has two turns in a row.
import type { AgentMessage } from '@parley/webhook';

const BETWEEN_MESSAGES = '\n\n';

/**
 * The turns of user and agent alternate, and the first and the last are the user's. A message that got no answer is in one turn with
 * the next message. A partial answer stays, as the user has read it.
 * @param messages oldest first; the last is the user's new message, which is always included
 * @param maxBytes the size of the other messages and of this one together
 */
export function toAgentHistory(messages: readonly AgentMessage[], maxBytes: number): AgentMessage[] {
  const newestFirst: AgentMessage[] = [];
  let bytes = 0;
  for (const message of messages.toReversed()) {
    if (message.content.trim() === '') continue;
    const later = newestFirst.at(-1);
    const isSameTurn = later?.role === message.role;
    bytes += Buffer.byteLength(message.content) + (isSameTurn ? BETWEEN_MESSAGES.length : 0);
    if (later !== undefined && bytes > maxBytes) break;
    if (isSameTurn) later.content = message.content + BETWEEN_MESSAGES + later.content;
    else newestFirst.push({ ...message });
  }
  if (newestFirst.at(-1)?.role === 'assistant') newestFirst.pop();
  return newestFirst.toReversed();
}
