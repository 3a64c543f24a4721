// `parley export`: writes a chat to stdout or to a file.
import { open, rename, rm } from 'node:fs/promises';
import { exportChat, type ExportFormat } from '@parley/client';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import { UsageError } from '../command-error.ts';
import { printResult } from '../print-result.ts';
import { connect, type ConnectOptions } from './connect.ts';

export interface ExportOptions extends ConnectOptions, OutputOptions {
  /** Default: JSON with `--json`, Markdown otherwise. */
  format?: ExportFormat;
  /** A file. Default: stdout. */
  output?: string;
}

export async function writeExport(
  chatId: string,
  options: ExportOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal, signal } = context;
  const format = options.format ?? (options.json === true ? 'json' : 'markdown');
  const { client, close } = await connect(options, context);
  try {
    const pieces = exportChat(client, { chatId, format, signal });
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

/** Reports progress before each piece but the first. */
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

/** Replaces the file only when the export is complete: a failed export leaves an existing file as it was. */
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
