import { exportChat, type ExportFormat } from '@parley/client';
import { client } from '../api/api.ts';
import type { Chat } from '../api/types.ts';
import { fileName } from './file-name.ts';

const FILES = {
  markdown: { extension: 'md', type: 'text/markdown' },
  json: { extension: 'json', type: 'application/json' },
} as const satisfies Record<ExportFormat, { extension: string; type: string }>;

/** Saves a whole chat as a file on this device. */
export async function saveChat({ id, title }: Chat, format: ExportFormat): Promise<void> {
  const pieces = await Array.fromAsync(exportChat(client, { chatId: id, format }));
  const { extension, type } = FILES[format];
  save(new Blob(pieces, { type }), `${fileName(title)}.${extension}`);
}

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
