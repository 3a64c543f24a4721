import { chats, newId, sends, type DB, type SendRow, type UserWithTeam } from '@parley/db';
import { isRetryable, type StartedRun, type Refusal } from '@parley/runs';
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { chatNotFound, DomainError, runNotFound } from '../errors.ts';
import { idSchema } from '../schema/id-schema.ts';
import { chatProcedure } from '../trpc.ts';
import { sendMessageOutput, type SendMessageOutput } from './chat.schema.ts';
import { getAnsweringAgent, refused, toSendOutput, toStartedRun } from './start-answer.ts';

/** The run whose answer to regenerate. */
const retryRunInput = z.object({ chatId: idSchema, runId: idSchema });

export const retryRunProcedure = chatProcedure
  .meta({
    rest: {
      route: 'POST /api/chats/{chat_id}/retry',
      summary: 'Regenerate the last answer',
      description:
        'Allowed if the last answer failed or was stopped. Responds at once; read the new answer with `GET /api/chats/{chat_id}/messages/{message_id}`.',
      errors: [
        'CHAT_NOT_FOUND',
        'RUN_NOT_FOUND',
        'RUN_NOT_RETRYABLE',
        'RUN_ALREADY_ACTIVE',
        'TEAM_BUSY',
        'OVERLOADED',
        'SHUTTING_DOWN',
        'AGENT_INACTIVE',
        'AGENT_DELETED',
      ],
    },
  })
  .input(retryRunInput)
  .output(sendMessageOutput)
  .mutation(({ ctx, input }) => retryRun(ctx, ctx.user, input));

/**
 * Regenerates the last answer of a chat if it failed or is incomplete. The earlier answer is superseded: it stays readable,
 * but the agent no longer receives it. Retrying the same run again returns the run that the first retry started.
 * @throws DomainError CHAT_NOT_FOUND, RUN_NOT_FOUND, RUN_NOT_RETRYABLE, RUN_ALREADY_ACTIVE, AGENT_INACTIVE, AGENT_DELETED,
 *   SHUTTING_DOWN, OVERLOADED, TEAM_BUSY
 */
async function retryRun(
  ctx: Context,
  user: UserWithTeam,
  input: z.output<typeof retryRunInput>,
): Promise<SendMessageOutput> {
  using admission = ctx.runs.admit(user.teamId);
  const { refusal } = admission;
  const { send, startedRun } = await ctx.db
    .transaction()
    .execute((trx) => writeRetry(trx, ctx, user, { ...input, refusal }));
  if (startedRun !== undefined) ctx.runs.start(startedRun);
  return toSendOutput(send);
}

async function writeRetry(
  trx: Kysely<DB>,
  { runs: { instanceId, leaseMs }, request }: Context,
  user: UserWithTeam,
  { chatId, runId: earlierRunId, refusal }: z.output<typeof retryRunInput> & { refusal: Refusal | undefined },
): Promise<{ send: SendRow; startedRun?: StartedRun }> {
  const { teamId, id: userId } = user;
  const chat = await chats.lock(trx, { teamId, userId, id: chatId });
  if (chat === undefined) throw chatNotFound();
  const attempts = await sends.findAttempts(trx, { teamId, chatId, runId: earlierRunId });
  if (attempts === undefined) throw runNotFound();
  const { run: earlier, next } = attempts;
  if (next !== undefined) return { send: next };

  // Every answer was the chat's last message when it began.
  if (earlier.answerSeq !== chat.lastSeq) throw notRetryable();
  const agentId = getAnsweringAgent(await sends.getAnswerState(trx, { teamId, chatId }));
  if (!isRetryable(earlier.state)) throw notRetryable();
  if (refusal !== undefined) throw refused(refusal);
  const ids = { runId: newId(), assistantMessageId: newId() };
  await sends.insertRetry(trx, {
    teamId,
    userId,
    agentId,
    earlier,
    ...ids,
    lastSeq: chat.lastSeq,
    instanceId,
    leaseMs,
  });
  const send = { ...earlier, ...ids };
  return { send, startedRun: toStartedRun(request, user, agentId, send) };
}

function notRetryable(): DomainError {
  return new DomainError(
    'RUN_NOT_RETRYABLE',
    'Only the last answer of a chat can be regenerated, and only if it is incomplete.',
  );
}
