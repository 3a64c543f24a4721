// Exports a conversation as text in pieces, so that neither the server nor a client has to hold all of it in memory.
import { messages, type MessageRow, type ShownChatRow, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { exportOutput } from '../schema/file-schema.ts';
import { idSchema } from '../schema/id-schema.ts';
import { decodeCursor, encodeCursor } from '../schema/page-schema.ts';
import type { Services } from '../services.ts';
import { readProcedure } from '../trpc.ts';
import { getChat, toMessageOutput } from './chat-access.ts';
import { messageOutput } from './chat.schema.ts';
import { joinInTurns, writePartsAsJson, writePartsAsMarkdown, writeTextAsJson } from './write-parts.ts';

const exportChatInput = z.object({
  id: idSchema,
  format: z.enum(['markdown', 'json']).default('markdown'),
  /** `nextCursor` of the previous piece. */
  cursor: z.string().max(500).nullish(),
});

/** The JSON export, for the documentation. The file has REST's names. */
const exportedChat = z.object({
  chat: z.object({
    id: z.string(),
    title: z.string(),
    agentId: z.string().nullable(),
    createdAt: z.string(),
  }),
  messages: z.array(
    messageOutput.pick({ role: true, content: true, parts: true, status: true, timestamp: true }),
  ),
});

export const exportChatProcedure = readProcedure
  .meta({
    rest: {
      route: 'GET /api/chats/{id}/export',
      summary: 'Export a chat',
      description: 'Downloads a chat of any length as Markdown or JSON.',
      errors: ['CHAT_NOT_FOUND'],
      response: {
        type: 'export',
        fileName: 'chat',
        description: 'The whole chat.',
        formats: {
          markdown: {
            mediaType: 'text/markdown',
            extension: 'md',
            schema: z.string(),
            example: '# First chat\n\n## User, 2026-11-23T09:30:00.000Z\n\nHello\n',
          },
          json: { mediaType: 'application/json', extension: 'json', schema: exportedChat },
        },
      },
    },
  })
  .input(exportChatInput)
  .output(exportOutput)
  .query(({ ctx, input }) => exportChat(ctx, ctx.user, input));

const MESSAGES_A_PIECE = 200;
/** Ends a piece early: an answer may have 4 MB. */
const BYTES_A_PIECE = 1_000_000;

const positionSchema = z.int32().positive();

/** @throws DomainError CHAT_NOT_FOUND, INVALID_CURSOR */
async function exportChat(
  { db }: Pick<Services, 'db'>,
  user: UserWithTeam,
  { id, format, cursor }: z.output<typeof exportChatInput>,
): Promise<z.output<typeof exportOutput>> {
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
  const place = { isFirst: afterSeq === undefined, isLast };
  return {
    text: await joinInTurns(write(chat, rows, place)),
    nextCursor: isLast || last === undefined ? null : encodeCursor(last.seq),
  };
}

interface Place {
  isFirst: boolean;
  isLast: boolean;
}

/** `{"chat": {...}, "messages": [...]}`, with one message per line. */
function* writeJson(chat: ShownChatRow, rows: MessageRow[], { isFirst, isLast }: Place): Generator<string> {
  const { id, title, agentId, createdAt } = chat;
  if (isFirst)
    yield `{"chat":${JSON.stringify({ id, title, agent_id: agentId, created_at: createdAt })},"messages":[`;
  for (const [index, row] of rows.entries()) {
    const { role, content, parts, status, timestamp } = toMessageOutput(row, chat);
    yield isFirst && index === 0 ? '\n' : ',\n';
    yield `{"role":"${role}","content":`;
    yield* writeTextAsJson(content);
    yield ',"parts":';
    yield* writePartsAsJson(parts);
    yield `,"status":"${status}","timestamp":"${timestamp}"}`;
  }
  if (isLast) yield '\n]}\n';
}

function* writeMarkdown(chat: ShownChatRow, rows: MessageRow[], { isFirst }: Place): Generator<string> {
  if (isFirst) yield `# ${chat.title.replaceAll(/\s+/g, ' ')}\n`;
  for (const row of rows) {
    const { role, content, parts, status, timestamp } = toMessageOutput(row, chat);
    const note = status === 'complete' ? '' : ` (${status})`;
    yield `\n## ${role === 'user' ? 'User' : 'Assistant'}, ${timestamp}${note}\n\n`;
    if (parts.length === 0) yield content;
    else yield* writePartsAsMarkdown(parts);
    yield '\n';
  }
}
