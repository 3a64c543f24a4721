import type { UserWithTeam } from '@parley/db';
import { z } from 'zod';
import { idSchema } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { chatProcedure } from '../trpc.ts';
import { getChat } from './chat-access.ts';

const stopRunInput = z.object({ chatId: idSchema });

/** The run that was active; null if there was none. */
const stopRunOutput = z.object({ runId: z.string().nullable() });

export const stopRunProcedure = chatProcedure
  .meta({
    rest: {
      route: 'POST /api/chats/{chat_id}/stop',
      summary: 'Stop the current answer',
      description: 'The text received so far is kept.',
      errors: ['CHAT_NOT_FOUND'],
    },
  })
  .input(stopRunInput)
  .output(stopRunOutput)
  .mutation(({ ctx, input }) => stopRun(ctx, ctx.user, input));

/** @throws DomainError CHAT_NOT_FOUND */
async function stopRun(
  { db, runs }: Pick<Services, 'db' | 'runs'>,
  user: UserWithTeam,
  { chatId }: z.output<typeof stopRunInput>,
): Promise<z.output<typeof stopRunOutput>> {
  const chat = await getChat({ db }, user, chatId);
  const runId = await runs.stop({ teamId: user.teamId, chatId: chat.id });
  return { runId: runId ?? null };
}
