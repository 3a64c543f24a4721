import type { Message, RouterOutputs } from '../router-types.ts';
import type { InfiniteData } from '@tanstack/react-query';

export type MessagePage = RouterOutputs['chat']['messages'];
export type MessagePages = InfiniteData<MessagePage, string | null>;

/** A message that the server does not have yet, or has refused. */
export interface OutgoingMessage {
  id: string;
  role: 'user';
  content: string;
  /** Empty, as in a saved message of text alone. */
  parts: Message['parts'];
  /** ISO 8601, by this device's clock. */
  timestamp: string;
  status: 'sending' | 'refused';
  /** Why the server refused it, in a sentence for the user. */
  problem: string | null;
}

export type ConversationMessage = Message | OutgoingMessage;

export function isOutgoing(message: ConversationMessage): message is OutgoingMessage {
  return message.status === 'sending' || message.status === 'refused';
}
