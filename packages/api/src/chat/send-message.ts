import { chats, newId, sends, type DB, type SendRow, type UserWithTeam } from '@parley/db';
import type { Refusal, StartedRun } from '@parley/runs';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { chatNotFound, DomainError } from '../errors.ts';
import { idSchema } from '../schema/id-schema.ts';
import { textSchema } from '../schema/text-schema.ts';
import { chatProcedure } from '../trpc.ts';
import { sendMessageOutput, type SendMessageOutput } from './chat.schema.ts';
import { getAnsweringAgent, refused, toSendOutput, toStartedRun } from './start-answer.ts';

const MAX_CONTENT_CHARS = 100_000;

const sendMessageInput = z.object({
  chatId: idSchema,
  /** Made by the client. Sending the message again with the same id returns the first result. */
  messageId: idSchema,
  content: textSchema({ min: 1, max: MAX_CONTENT_CHARS }).refine(
    (text) => text.trim() !== '',
    'must not be blank',
  ),
});

export const sendMessageProcedure = chatProcedure
  .meta({
    rest: {
      route: 'POST /api/chats/{chat_id}/messages',
      summary: 'Send a message and receive the answer',
      description:
        'With `Accept: text/event-stream`, the answer arrives as Server-Sent Events while the agent generates it, otherwise as one JSON when it is complete. The agent continues if the client disconnects. Send a UUID as `message_id` to make retries safe: a message that is sent again with it is answered once.',
      errors: [
        'CHAT_NOT_FOUND',
        'RUN_ALREADY_ACTIVE',
        'TEAM_BUSY',
        'OVERLOADED',
        'SHUTTING_DOWN',
        'AGENT_INACTIVE',
        'AGENT_DELETED',
        'MESSAGE_ID_CONFLICT',
      ],
      // Without an id, a repeated message is a new one.
      newIds: ['messageId'],
      response: { type: 'run' },
    },
  })
  .input(sendMessageInput)
  .output(sendMessageOutput)
  .mutation(({ ctx, input }) => sendMessage(ctx, ctx.user, input));

type SendMessageInput = z.output<typeof sendMessageInput>;

/**
 * Saves a user's message, starts the run that answers it, and returns without waiting for the answer. Sending the same
 * `messageId` again returns the first result and starts nothing.
 * @throws DomainError CHAT_NOT_FOUND, RUN_ALREADY_ACTIVE, AGENT_INACTIVE, AGENT_DELETED, MESSAGE_ID_CONFLICT, SHUTTING_DOWN, OVERLOADED, TEAM_BUSY
 */
async function sendMessage(
  ctx: Context,
  user: UserWithTeam,
  input: SendMessageInput,
): Promise<SendMessageOutput> {
  using admission = ctx.runs.admit(user.teamId);
  const { refusal } = admission;
  const { send, startedRun } = await ctx.db
    .transaction()
    .execute((trx) => writeSend(trx, ctx, user, { ...input, refusal }))
    .catch((error: unknown) => {
      // The same id was sent to another chat at the same moment.
      throw sends.isMessageIdTaken(error) ? messageIdConflict() : error;
    });
  if (startedRun !== undefined) ctx.runs.start(startedRun);
  return toSendOutput(send);
}

async function writeSend(
  trx: Kysely<DB>,
  { runs: { instanceId, leaseMs }, request }: Context,
  user: UserWithTeam,
  { chatId, messageId, content, refusal }: SendMessageInput & { refusal: Refusal | undefined },
): Promise<{ send: SendRow; startedRun?: StartedRun }> {
  const { teamId, id: userId } = user;
  const chat = await chats.lock(trx, { teamId, userId, id: chatId });
  if (chat === undefined) throw chatNotFound();

  const { earlier, state } = await sends.findWithAnswerState(trx, { teamId, chatId, messageId });
  if (earlier !== undefined) {
    if (earlier.chatId !== chatId || earlier.content !== content) throw messageIdConflict();
    return { send: earlier };
  }

  const agentId = getAnsweringAgent(state);
  if (refusal !== undefined) throw refused(refusal);
  const send = await sends.insert(trx, {
    teamId,
    userId,
    agentId,
    chatId,
    messageId,
    content,
    runId: newId(),
    assistantMessageId: newId(),
    lastSeq: chat.lastSeq,
    instanceId,
    leaseMs,
  });
  return { send, startedRun: toStartedRun(request, user, agentId, send) };
}

function messageIdConflict(): DomainError {
  return new DomainError(
    'MESSAGE_ID_CONFLICT',
    'This messageId already belongs to another message. Use a new UUID for each message.',
  );
}
