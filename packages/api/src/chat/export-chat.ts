// A conversation as a text to keep, a piece at a time: who puts the pieces together has the whole, and nobody has to hold
// it in memory.
import { messages, type ChatRow, type MessageRow, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { idSchema } from '../schema/id-schema.ts';
import { decodeCursor, encodeCursor } from '../schema/page-schema.ts';
import type { Services } from '../services.ts';
import { authedProcedure } from '../trpc.ts';
import { getChat } from './chat-access.ts';

const exportChatInput = z.object({
  id: idSchema,
  format: z.enum(['markdown', 'json']).default('markdown'),
  /** `nextCursor` of the piece before. */
  cursor: z.string().max(500).nullish(),
});

/** A piece of the text. All pieces, one after the other, are the whole of it. */
export const exportOutput = z.object({ text: z.string(), nextCursor: z.string().nullable() });

type ExportOutput = z.output<typeof exportOutput>;

export const exportChatProcedure = authedProcedure
  .meta({
    rest: {
      route: 'GET /api/chats/{id}/export',
      summary: 'A chat as a file',
      description: 'Markdown or JSON, of a chat of any length.',
      errors: ['CHAT_NOT_FOUND'],
    },
  })
  .input(exportChatInput)
  .output(exportOutput)
  .query(({ ctx, input }) => exportChat(ctx, ctx.user, input));

const MESSAGES_A_PIECE = 200;
/** Where it is reached, the piece ends: an answer may have 4 MB. */
const BYTES_A_PIECE = 1_000_000;

const positionSchema = z.int32().positive();

/** @throws DomainError CHAT_NOT_FOUND, INVALID_CURSOR */
async function exportChat(
  { db }: Pick<Services, 'db'>,
  user: UserWithTeam,
  { id, format, cursor }: z.output<typeof exportChatInput>,
): Promise<ExportOutput> {
  const chat = await getChat({ db }, user, id);
  const afterSeq = cursor == null ? undefined : decodeCursor(positionSchema, cursor);
  const { messages: rows, isLast } = await messages.listAfter(db, {
    teamId: user.teamId,
    chatId: id,
    afterSeq: afterSeq ?? 0,
    limit: MESSAGES_A_PIECE,
    maxBytes: BYTES_A_PIECE,
  });
  const last = rows.at(-1);
  const write = format === 'json' ? writeJson : writeMarkdown;
  return {
    text: write(chat, rows, { isFirst: afterSeq === undefined, isLast }),
    nextCursor: isLast || last === undefined ? null : encodeCursor(last.seq),
  };
}

interface Place {
  isFirst: boolean;
  isLast: boolean;
}

/** `{"chat": {...}, "messages": [...]}`, a message a line. */
function writeJson(chat: ChatRow, rows: MessageRow[], { isFirst, isLast }: Place): string {
  const { id, title, agentId, createdAt } = chat;
  const head = isFirst
    ? `{"chat":${JSON.stringify({ id, title, agent_id: agentId, created_at: createdAt })},"messages":[`
    : '';
  const lines = rows.map(({ role, content, status, timestamp }, index) => {
    const separator = isFirst && index === 0 ? '\n' : ',\n';
    return separator + JSON.stringify({ role, content, status, timestamp });
  });
  return head + lines.join('') + (isLast ? '\n]}\n' : '');
}

function writeMarkdown(chat: ChatRow, rows: MessageRow[], { isFirst }: Place): string {
  const head = isFirst ? `# ${chat.title.replaceAll(/\s+/g, ' ')}\n` : '';
  const parts = rows.map(({ role, content, status, timestamp }) => {
    const note = status === 'complete' ? '' : ` (${status})`;
    return `\n## ${role === 'user' ? 'User' : 'Assistant'}, ${timestamp}${note}\n\n${content}\n`;
  });
  return head + parts.join('');
}
