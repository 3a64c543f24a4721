import {
  findMessage,
  findRunOfUserMessage,
  getMessage,
  hasActiveRun,
  insertMessages,
  insertRun,
  isUniqueViolation,
  lockChatWithAgent,
  newId,
  updateChatActivity,
  type DB,
  type UserWithTeam,
} from '@parley/db';
import type { StartedRun } from '@parley/runs';
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import { DomainError } from '../errors.ts';
import type { Services } from '../services.ts';
import { chatNotFound, toMessageOutput } from './chat-access.ts';
import type { SendMessageOutput, sendMessageInput } from './chat.schema.ts';
import { agentInactive } from './create-chat.ts';

type SendMessageInput = z.output<typeof sendMessageInput>;

/**
 * Saves a user's message, starts the run that answers it, and returns without waiting for the answer. Sending the same
 * `messageId` again returns what the first call returned, and starts nothing.
 * @throws DomainError CHAT_NOT_FOUND, RUN_ALREADY_ACTIVE, AGENT_INACTIVE, AGENT_DELETED, MESSAGE_ID_CONFLICT
 */
export async function sendMessage(
  services: Services,
  user: UserWithTeam,
  input: SendMessageInput,
): Promise<SendMessageOutput> {
  const { output, startedRun } = await services.db
    .transaction()
    .execute((trx) => writeMessageAndRun(trx, services, user, input))
    .catch((error: unknown) => {
      // The same id, sent into another chat at the same moment.
      throw isUniqueViolation(error, 'messages_pkey') ? messageIdConflict() : error;
    });
  if (startedRun !== undefined) services.runs.start(startedRun);
  return output;
}

async function writeMessageAndRun(
  trx: Kysely<DB>,
  { runs }: Services,
  user: UserWithTeam,
  input: SendMessageInput,
): Promise<{ output: SendMessageOutput; startedRun?: StartedRun }> {
  const { teamId } = user;
  const { chatId, messageId, content } = input;
  // From here on, sends into this chat wait for each other.
  const chat = await lockChatWithAgent(trx, { teamId, userId: user.id, id: chatId });
  if (chat === undefined) throw chatNotFound();
  const earlier = await findEarlierSend(trx, user, input);
  if (earlier !== undefined) return { output: earlier };

  const { agentId } = chat;
  if (agentId === null) {
    throw new DomainError(
      'AGENT_DELETED',
      'The agent of this chat was deleted. Start a chat with another one.',
    );
  }
  if (chat.isAgentActive !== true) throw agentInactive();
  if (await hasActiveRun(trx, { teamId, chatId })) {
    throw new DomainError(
      'RUN_ALREADY_ACTIVE',
      'The agent is still answering in this chat. Wait until it is done.',
    );
  }

  const runId = newId();
  const assistantMessageId = newId();
  const userMessageSeq = chat.lastSeq + 1;
  const lastSeq = chat.lastSeq + 2;
  const common = { team_id: teamId, chat_id: chatId };
  await insertMessages(trx, [
    { ...common, id: messageId, seq: userMessageSeq, role: 'user', content, status: 'complete' },
    { ...common, id: assistantMessageId, seq: lastSeq, role: 'assistant', content: '', status: 'streaming' },
  ]);
  await insertRun(trx, {
    ...common,
    id: runId,
    user_id: user.id,
    agent_id: agentId,
    user_message_id: messageId,
    assistant_message_id: assistantMessageId,
    instance_id: runs.instanceId,
    leaseMs: runs.leaseMs,
  });
  await updateChatActivity(trx, { teamId, id: chatId, lastSeq });
  const userMessage = toMessageOutput(await getMessage(trx, { teamId, id: messageId }));
  const { id, email, displayName, role } = user;
  return {
    output: { runId, userMessage, assistantMessageId },
    startedRun: {
      teamId,
      runId,
      chatId,
      agentId,
      assistantMessageId,
      userMessageSeq,
      user: { id, email, displayName, role },
    },
  };
}

async function findEarlierSend(
  trx: Kysely<DB>,
  { teamId }: UserWithTeam,
  { chatId, messageId, content }: SendMessageInput,
): Promise<SendMessageOutput | undefined> {
  const message = await findMessage(trx, { teamId, id: messageId });
  if (message === undefined) return undefined;
  const run = await findRunOfUserMessage(trx, { teamId, userMessageId: messageId });
  if (message.chatId !== chatId || message.content !== content || run === undefined)
    throw messageIdConflict();
  return { runId: run.id, userMessage: toMessageOutput(message), assistantMessageId: run.assistantMessageId };
}

function messageIdConflict(): DomainError {
  return new DomainError(
    'MESSAGE_ID_CONFLICT',
    'This messageId belongs to another message already. Make a new UUID for each message.',
  );
}
