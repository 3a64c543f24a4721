// `parley chat list`, `search` and `show`.
import type { RouterOutputs } from '@parley/client';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import { UsageError } from '../command-error.ts';
import { formatTable, printResult } from '../print-result.ts';
import { connect, type ConnectOptions } from './connect.ts';
import { listAll } from './list-all.ts';

export interface ListOptions extends ConnectOptions, OutputOptions {
  limit: string;
}

export interface ListChatsOptions extends ListOptions {
  archived?: true;
}

const MAX_ITEMS = 10_000;

/** Newest activity first. */
export async function listChats(options: ListChatsOptions, context: CommandContext): Promise<void> {
  const limit = limitOf(options);
  const isArchived = options.archived === true;
  const { client, close } = await connect(options, context);
  try {
    const { signal } = context;
    const chats = await listAll((page) => client.chat.list.query({ ...page, isArchived }, { signal }), limit);
    const rows = chats.map(({ lastActivityAt, title, id }) => [lastActivityAt, id, oneLine(title)]);
    const text =
      rows.length === 0 ? 'You have no chats.' : formatTable(['LAST ACTIVITY', 'ID', 'TITLE'], rows);
    printResult(context.terminal, options, chats, text);
  } finally {
    await close();
  }
}

export async function searchChats(
  query: string,
  options: ListOptions,
  context: CommandContext,
): Promise<void> {
  const limit = limitOf(options);
  const { client, close } = await connect(options, context);
  try {
    const { signal } = context;
    const hits = await listAll((page) => client.chat.search.query({ ...page, query }, { signal }), limit);
    const rows = hits.map(({ timestamp, chatId, role, text, chatTitle }) => [
      ...[timestamp, chatId, role ?? 'title'],
      oneLine(role === null ? text : `${chatTitle}: ${text}`),
    ]);
    const text = rows.length === 0 ? 'Nothing found.' : formatTable(['TIME', 'CHAT', 'IN', 'TEXT'], rows);
    printResult(context.terminal, options, hits, text);
  } finally {
    await close();
  }
}

export async function showChat(
  id: string,
  options: ConnectOptions & OutputOptions,
  context: CommandContext,
): Promise<void> {
  const { client, close } = await connect(options, context);
  try {
    const chat = await client.chat.get.query({ id }, { signal: context.signal });
    const texts = chat.messages.filter(({ isSuperseded }) => !isSuperseded).map(describeMessage);
    printResult(context.terminal, options, chat, [chat.title, ...texts].join('\n\n'));
  } finally {
    await close();
  }
}

type Message = RouterOutputs['chat']['get']['messages'][number];

function describeMessage({ role, timestamp, status, content, error }: Message): string {
  const state = status === 'complete' ? '' : `, ${status}`;
  const lines = [`[${role}, ${timestamp}${state}]`, content, error === null ? '' : `(${error.message})`];
  return lines.filter((line) => line !== '').join('\n');
}

function limitOf({ limit }: ListOptions): number {
  const number = Number(limit);
  if (Number.isInteger(number) && number >= 1 && number <= MAX_ITEMS) return number;
  throw new UsageError(`--limit must be a whole number from 1 to ${MAX_ITEMS}.`);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
