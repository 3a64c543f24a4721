import { client } from '../api/api.ts';
import type { Chat } from '../api/types.ts';
import { fileName } from './file-name.ts';

const FILES = {
  markdown: { extension: 'md', type: 'text/markdown' },
  json: { extension: 'json', type: 'application/json' },
} as const;

export type ExportFormat = keyof typeof FILES;

/** Saves a whole chat as a file on this device. It comes in pieces, since a chat may be of any length. */
export async function exportChat({ id, title }: Chat, format: ExportFormat): Promise<void> {
  const pieces: string[] = [];
  let cursor: string | null = null;
  do {
    const piece: { text: string; nextCursor: string | null } = await client.chat.export.query({
      id,
      format,
      cursor,
    });
    pieces.push(piece.text);
    cursor = piece.nextCursor;
  } while (cursor !== null);
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
