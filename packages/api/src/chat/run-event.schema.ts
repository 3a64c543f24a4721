// The events of a stream over REST, for the documentation: events are not validated, which would cost more than sending them.
import { answerPartSchema, partUpdateSchema, type RunEvent } from '@parley/runs';
import { z } from 'zod';

/** The last event for a reader who lost access, or has too many streams. It is not an event of the run. */
export interface ClosedEvent {
  type: 'closed';
  data: { reason: string; message: string };
}

export const runEventSchema: z.ZodType<RunEvent | ClosedEvent> = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('status'),
      data: z.object({
        description: z.string(),
        level: z.enum(['info', 'warning', 'error']),
        done: z.boolean(),
      }),
    }),
    z.object({
      type: z.literal('message'),
      data: z.object({
        content: z.string(),
        reset: z.literal(true).exactOptional(),
        parts: z.array(answerPartSchema).exactOptional(),
      }),
    }),
    z.object({ type: z.literal('part'), data: partUpdateSchema }),
    z.object({ type: z.literal('done'), data: z.object({ message: z.string(), messageId: z.string() }) }),
    z.object({ type: z.literal('error'), data: z.object({ message: z.string(), reason: z.string() }) }),
    z.object({ type: z.literal('closed'), data: z.object({ reason: z.string(), message: z.string() }) }),
  ])
  .meta({ id: 'RunEvent' });
