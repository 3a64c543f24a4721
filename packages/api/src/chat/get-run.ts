import { runs, type RunRow, type UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { runNotFound } from '../errors.ts';
import { idSchema } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { readProcedure } from '../trpc.ts';
import { getChat, toAnswerError } from './chat-access.ts';

const getRunInput = z.object({ chatId: idSchema, runId: idSchema });

const runOutput = z
  .object({
    id: z.string(),
    chatId: z.string(),
    /** The message that the run answers. */
    userMessageId: z.string(),
    /** The message that holds the answer. */
    assistantMessageId: z.string(),
    state: z.enum(['running', 'succeeded', 'failed', 'canceled', 'interrupted']),
    createdAt: z.string(),
    /** Null while the run is active. */
    endedAt: z.string().nullable(),
    /** Why the answer is incomplete. */
    error: z.object({ reason: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: 'Run' });

type RunOutput = z.output<typeof runOutput>;

export const getRunProcedure = readProcedure
  .meta({
    rest: {
      route: 'GET /api/chats/{chat_id}/runs/{run_id}',
      summary: 'Get the state of an answer',
      description: 'A run is one answer to one message: it is active while the agent answers.',
      errors: ['CHAT_NOT_FOUND', 'RUN_NOT_FOUND'],
    },
  })
  .input(getRunInput)
  .output(runOutput)
  .query(({ ctx, input }) => getRun(ctx, ctx.user, input));

/** @throws DomainError CHAT_NOT_FOUND, RUN_NOT_FOUND */
async function getRun(
  services: Services,
  user: UserWithTeam,
  { chatId, runId }: z.output<typeof getRunInput>,
): Promise<RunOutput> {
  const chat = await getChat(services, user, chatId);
  const run = await runs.find(services.db, { teamId: user.teamId, chatId: chat.id, id: runId });
  if (run === undefined) throw runNotFound();
  return toRunOutput(run);
}

function toRunOutput({ errorReason, errorMessage, ...run }: RunRow): RunOutput {
  return { ...run, error: toAnswerError({ errorReason, errorMessage }) };
}
