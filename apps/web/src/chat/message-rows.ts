import type { Message, MessagePage } from '../api/types.ts';
import type { OutboxMessage } from './outbox.ts';

export type Row =
  | { kind: 'saved'; id: string; timestamp: string; message: Message }
  | { kind: 'outgoing'; id: string; timestamp: string; message: OutboxMessage };

/** Oldest first, with unsent messages at the end. A message keeps its id, and so its place, when it is saved. */
export function toRows(pages: MessagePage[], outgoing: OutboxMessage[]): Row[] {
  const saved = pages
    .flatMap(({ items }) => items)
    .toReversed()
    .map((message): Row => ({ kind: 'saved', id: message.id, timestamp: message.timestamp, message }));
  const ids = new Set(saved.map(({ id }) => id));
  const waiting = outgoing
    .filter(({ messageId }) => !ids.has(messageId))
    .map((message): Row => {
      return { kind: 'outgoing', id: message.messageId, timestamp: message.createdAt, message };
    });
  return [...saved, ...waiting];
}

export function isPrepended(before: Row[], after: Row[]): boolean {
  const [first] = before;
  return first !== undefined && first.id !== after[0]?.id && after.some(({ id }) => id === first.id);
}
