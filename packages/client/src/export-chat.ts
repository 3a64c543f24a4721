import type { Client } from './create-client.ts';
import { retryTransient } from './retry-transient.ts';
import type { RouterInputs, RouterOutputs } from './router-types.ts';

export type ExportFormat = NonNullable<RouterInputs['chat']['export']['format']>;

export interface ExportChatOptions {
  chatId: string;
  /** Default: `markdown`. */
  format?: ExportFormat;
  signal?: AbortSignal;
}

/**
 * A whole chat as text, in pieces that together are one Markdown or JSON document. Each piece is requested when the one
 * before it has been consumed, so a chat of any length fits in memory.
 * @throws TRPCClientError CHAT_NOT_FOUND and those of the login
 */
export async function* exportChat(
  client: Client,
  { chatId, format, signal }: ExportChatOptions,
): AsyncGenerator<string, void> {
  let cursor: string | null = null;
  do {
    const input: RouterInputs['chat']['export'] = { id: chatId, format, cursor };
    const piece: RouterOutputs['chat']['export'] = await retryTransient(
      () => client.chat.export.query(input, signal && { signal }),
      { signal },
    );
    yield piece.text;
    cursor = piece.nextCursor;
  } while (cursor !== null);
}
