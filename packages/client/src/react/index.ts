export { createParley, queryDefaults, type Parley, type ParleyOptions } from './create-parley.ts';
export type { ConnectionState } from './connection.ts';
export type { OutboxStorage } from './outbox.ts';
export { ParleyProvider, useConnection, useParley, useTRPC } from './parley-provider.tsx';
export { useAnswer, useRetryAnswer, useStopAnswer, type Answer } from './use-answer.ts';
export {
  useConversation,
  type Conversation,
  type ConversationOptions,
  type ConversationStatus,
} from './use-conversation.ts';
export { isOutgoing, type ConversationMessage, type OutgoingMessage } from './types.ts';
