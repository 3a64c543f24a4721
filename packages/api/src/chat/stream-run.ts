import { runs, type RunRow, type UserWithTeam } from '@parley/db';
import { formatRunCursor, parseRunCursor, type RunCursor, type RunEvent } from '@parley/runs';
import { tracked, type TrackedEnvelope } from '@trpc/server';
import { z } from 'zod';
import type { Authentication } from '../auth/credential.ts';
import { runNotFound } from '../errors.ts';
import { idSchema } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { readProcedure } from '../trpc.ts';
import { getChat } from './chat-access.ts';
import { visibleEvent } from './visible-parts.ts';

const streamRunInput = z.object({
  chatId: idSchema,
  /** Default: the chat's active run, or its last one. */
  runId: idSchema.optional(),
  /** The id of the last event received. An id that is not in this run causes a replay from the start. */
  lastEventId: z.string().max(1000).nullish(),
});

// It has no output schema, because validating an event would cost more than sending it. Clients infer the type RunEvent.
export const streamRunProcedure = readProcedure
  .meta({
    rest: {
      route: 'GET /api/chats/{chat_id}/runs/{run_id}/events',
      summary: 'Follow or resume an answer',
      description:
        'The events of a run after the one that `Last-Event-ID` names, or all of them, and then new ones until the run ends. A client whose connection broke asks again with the last `id` that it received, on any instance; an EventSource does so by itself. A stream that begins with `reset: true` replaces the text and the parts that the client has.',
      errors: ['CHAT_NOT_FOUND', 'RUN_NOT_FOUND'],
      response: { type: 'events' },
    },
  })
  .input(streamRunInput)
  .subscription(({ ctx, input, signal }) => streamRun(ctx, input, signal));

type StreamRunInput = z.output<typeof streamRunInput>;

/**
 * Streams a run's events after `lastEventId` until the terminal one. The stream of a chat without runs ends at once. A
 * failure of the agent is an `error` event. Mid-stream errors are only those after which no client reconnects: the reader
 * has lost access, or has too many streams.
 * @throws DomainError CHAT_NOT_FOUND, RUN_NOT_FOUND; in mid-stream also SESSION_EXPIRED, INVALID_API_KEY, TOO_MANY_STREAMS
 */
async function streamRun(
  services: Services & Authentication,
  input: StreamRunInput,
  left: AbortSignal | undefined,
): Promise<AsyncIterable<TrackedEnvelope<RunEvent>>> {
  const { user, credential, streams } = services;
  const chat = await getChat(services, user, input.chatId);
  const after = toCursor(input.lastEventId);
  const run = await findWantedRun(services, user, { chatId: chat.id, runId: input.runId, after });
  if (run === undefined) return noEvents();
  const { teamId, id: userId } = user;
  const { signal, close } = streams.open({ teamId, userId, credential, runId: run.id }, left);
  return services.runs.follow(
    { teamId, chatId: chat.id, runId: run.id, after, signal, onClose: close },
    ({ cursor, event }) => {
      const visible = visibleEvent(event, chat);
      return visible && tracked(formatRunCursor(cursor), visible);
    },
  );
}

// eslint-disable-next-line require-yield
async function* noEvents(): AsyncGenerator<never> {}

/** A client that reconnects without naming a run continues with the run of its cursor, even if another is active. */
async function findWantedRun(
  { db }: Services,
  { teamId }: UserWithTeam,
  { chatId, runId, after }: { chatId: string; runId: string | undefined; after: RunCursor | undefined },
): Promise<RunRow | undefined> {
  if (runId !== undefined) {
    const run = await runs.find(db, { teamId, chatId, id: runId });
    if (run === undefined) throw runNotFound();
    return run;
  }
  const followed = after === undefined ? undefined : await runs.find(db, { teamId, chatId, id: after.runId });
  return followed ?? runs.findNewest(db, { teamId, chatId });
}

/** An unreadable cursor still means that the client has old text, so it becomes a cursor before any run, which resets it. */
function toCursor(lastEventId: string | null | undefined): RunCursor | undefined {
  if (lastEventId == null || lastEventId === '') return undefined;
  return parseRunCursor(lastEventId) ?? { runId: unknownRunId, seq: 0 };
}

const unknownRunId = '00000000-0000-0000-0000-000000000000';
