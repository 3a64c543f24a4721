// `parley export`: a conversation as a text to keep.
import { open, rename, rm } from 'node:fs/promises';
import type { Client } from '@parley/client';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import { UsageError } from '../command-error.ts';
import { printResult } from '../print-result.ts';
import { connect, type ConnectOptions } from './connect.ts';

type Format = 'markdown' | 'json';

export interface ExportOptions extends ConnectOptions, OutputOptions {
  /** Default: JSON where the output is to be JSON, and Markdown otherwise. */
  format?: Format;
  /** Default: stdout. */
  output?: string;
}

export async function exportChat(id: string, options: ExportOptions, context: CommandContext): Promise<void> {
  const { terminal, signal } = context;
  const format = options.format ?? (options.json === true ? 'json' : 'markdown');
  const { client, close } = await connect(options, context);
  try {
    const pieces = listPieces(client, { id, format }, signal);
    if (options.output === undefined) {
      for await (const piece of pieces) terminal.write(piece);
    } else {
      await writeWhole(
        options.output,
        withProgress(pieces, (text) => terminal.note(text)),
      );
      printResult(terminal, options, { file: options.output }, `Wrote ${options.output}.`);
    }
  } finally {
    await close();
  }
}

async function* listPieces(
  client: Client,
  chat: { id: string; format: Format },
  signal: AbortSignal,
): AsyncGenerator<string> {
  let cursor: string | null = null;
  do {
    const piece: { text: string; nextCursor: string | null } = await client.chat.export.query(
      { ...chat, cursor },
      { signal },
    );
    yield piece.text;
    cursor = piece.nextCursor;
  } while (cursor !== null);
}

/** Says how far it is, from the second piece on. */
async function* withProgress(
  pieces: AsyncIterable<string>,
  onProgress: (text: string) => void,
): AsyncGenerator<string> {
  let chars = 0;
  for await (const piece of pieces) {
    if (chars > 0) onProgress(`${chars.toLocaleString('en')} characters so far.`);
    chars += piece.length;
    yield piece;
  }
}

/** The file is there when it is whole: an export that fails leaves what was there before. */
async function writeWhole(file: string, pieces: AsyncIterable<string>): Promise<void> {
  const unfinished = `${file}.${process.pid}.part`;
  const handle = await open(unfinished, 'w').catch((error: unknown) => {
    throw new UsageError(`${file} cannot be written: ${String(error)}`);
  });
  try {
    for await (const piece of pieces) await handle.appendFile(piece);
    await handle.close();
    await rename(unfinished, file);
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(unfinished, { force: true });
    throw error;
  }
}
