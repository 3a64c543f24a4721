// A conversation as a text to keep, a piece at a time: who puts the pieces together has the whole, and nobody has to hold
// it in memory.
import { listMessagesAfter, type ChatRow, type MessageRow, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from '../schema/page-schema.ts';
import type { Services } from '../services.ts';
import { getChat } from './chat-access.ts';
import type { exportChatInput, ExportOutput } from './chat.schema.ts';

const MESSAGES_A_PIECE = 200;
/** Where it is reached, the piece ends: an answer may have 4 MB. */
const BYTES_A_PIECE = 1_000_000;

const positionSchema = z.int32().positive();

/** @throws DomainError CHAT_NOT_FOUND, INVALID_CURSOR */
export async function exportChat(
  { db }: Pick<Services, 'db'>,
  user: UserWithTeam,
  { id, format, cursor }: z.output<typeof exportChatInput>,
): Promise<ExportOutput> {
  const chat = await getChat({ db }, user, id);
  const afterSeq = cursor == null ? undefined : decodeCursor(positionSchema, cursor);
  const { messages, isLast } = await listMessagesAfter(db, {
    teamId: user.teamId,
    chatId: id,
    afterSeq: afterSeq ?? 0,
    limit: MESSAGES_A_PIECE,
    maxBytes: BYTES_A_PIECE,
  });
  const last = messages.at(-1);
  const write = format === 'json' ? writeJson : writeMarkdown;
  return {
    text: write(chat, messages, { isFirst: afterSeq === undefined, isLast }),
    nextCursor: isLast || last === undefined ? null : encodeCursor(last.seq),
  };
}

interface Place {
  isFirst: boolean;
  isLast: boolean;
}

/** `{"chat": {...}, "messages": [...]}`, a message a line. */
function writeJson(chat: ChatRow, messages: MessageRow[], { isFirst, isLast }: Place): string {
  const { id, title, agentId, createdAt } = chat;
  const head = isFirst
    ? `{"chat":${JSON.stringify({ id, title, agent_id: agentId, created_at: createdAt })},"messages":[`
    : '';
  const lines = messages.map(({ role, content, status, timestamp }, index) => {
    const separator = isFirst && index === 0 ? '\n' : ',\n';
    return separator + JSON.stringify({ role, content, status, timestamp });
  });
  return head + lines.join('') + (isLast ? '\n]}\n' : '');
}

function writeMarkdown(chat: ChatRow, messages: MessageRow[], { isFirst }: Place): string {
  const head = isFirst ? `# ${chat.title.replaceAll(/\s+/g, ' ')}\n` : '';
  const parts = messages.map(({ role, content, status, timestamp }) => {
    const note = status === 'complete' ? '' : ` (${status})`;
    return `\n## ${role === 'user' ? 'User' : 'Assistant'}, ${timestamp}${note}\n\n${content}\n`;
  });
  return head + parts.join('');
}
