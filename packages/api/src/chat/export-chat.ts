// Exports a conversation as text in pieces, so that neither the server nor a client has to hold all of it in memory.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messages, type ChatRow, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { exportOutput } from '../schema/file-schema.ts';
import { idSchema } from '../schema/id-schema.ts';
import { decodeCursor, encodeCursor } from '../schema/page-schema.ts';
import type { Services } from '../services.ts';
import { readProcedure } from '../trpc.ts';
import { toSnakeCaseKeys } from '../rest/key-case.ts';
import { getChat, toMessageOutput } from './chat-access.ts';
import { messageOutput, type MessageOutput } from './chat.schema.ts';
import { writeParts } from './write-parts.ts';

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
  return {
    text: await write(
      chat,
      rows.map((row) => toMessageOutput(row, chat)),
      { isFirst: afterSeq === undefined, isLast },
    ),
    nextCursor: isLast || last === undefined ? null : encodeCursor(last.seq),
  };
}

interface Place {
  isFirst: boolean;
  isLast: boolean;
}

/** `{"chat": {...}, "messages": [...]}`, with one message per line. */
async function writeJson(chat: ChatRow, rows: MessageOutput[], { isFirst, isLast }: Place): Promise<string> {
  const { id, title, agentId, createdAt } = chat;
  const head = isFirst
    ? `{"chat":${JSON.stringify({ id, title, agent_id: agentId, created_at: createdAt })},"messages":[`
    : '';
  let lines = '';
  for (const [index, { role, content, parts, status, timestamp }] of rows.entries()) {
    const text = await stringifyText(content);
    const renamed = JSON.stringify(renameKeys(parts));
    lines += isFirst && index === 0 ? '\n' : ',\n';
    lines += `{"role":"${role}","content":${text},"parts":${renamed},"status":"${status}","timestamp":"${timestamp}"}`;
  }
  return head + lines + (isLast ? '\n]}\n' : '');
}

/** JSON.stringify, between whose parts other requests have their turn: a message may have 4 MB. */
async function stringifyText(text: string): Promise<string> {
  let json = '';
  for (const [part] of text.matchAll(/[^]{1,16384}/gu)) {
    if (json !== '') await nextTurn();
    json += JSON.stringify(part).slice(1, -1);
  }
  return `"${json}"`;
}

/** The input and the output of a tool are the agent's data. */
const opaqueKeys = new Set(['input', 'output']);

function renameKeys(parts: MessageOutput['parts']): unknown {
  return toSnakeCaseKeys(parts, opaqueKeys);
}

function writeMarkdown(chat: ChatRow, rows: MessageOutput[], { isFirst }: Place): string {
  const head = isFirst ? `# ${chat.title.replaceAll(/\s+/g, ' ')}\n` : '';
  const sections = rows.map(({ role, content, parts, status, timestamp }) => {
    const note = status === 'complete' ? '' : ` (${status})`;
    const body = parts.length === 0 ? content : writeParts(parts);
    return `\n## ${role === 'user' ? 'User' : 'Assistant'}, ${timestamp}${note}\n\n${body}\n`;
  });
  return head + sections.join('');
}
