// The shapes of parts, for those who read them from the database or document them.
import type { JsonValue, PartUpdate } from '@parley/webhook';
import { z } from 'zod';

const id = z.string();
/** Not validated: it is the agent's data, and was parsed from JSON. */
const json = z.custom<JsonValue>(() => true);

const textPart = z.object({ id, type: z.literal('text'), text: z.string() });

const partsBesideText = [
  z.object({
    id,
    type: z.literal('reasoning'),
    text: z.string(),
    durationMs: z.number().exactOptional(),
  }),
  z.object({
    id,
    type: z.literal('tool'),
    name: z.string(),
    state: z.enum(['input', 'running', 'output', 'error']),
    input: json.exactOptional(),
    output: json.exactOptional(),
    error: z.string().exactOptional(),
  }),
  z.object({
    id,
    type: z.literal('step'),
    name: z.string(),
    startedAt: z.string(),
    endedAt: z.string().exactOptional(),
  }),
  z.object({
    id,
    type: z.literal('source'),
    url: z.string().exactOptional(),
    title: z.string(),
    snippet: z.string().exactOptional(),
  }),
  z.object({
    id,
    type: z.literal('notice'),
    reason: z.enum(['truncated', 'filtered', 'max-iterations']),
    message: z.string(),
  }),
] as const;

/** An `AnswerPart`. */
export const answerPartSchema = z
  .discriminatedUnion('type', [textPart, ...partsBesideText])
  .meta({ id: 'AnswerPart' });

export const partUpdateSchema: z.ZodType<PartUpdate> = z
  .discriminatedUnion('type', [
    z.object({ id, type: z.literal('reasoning-delta'), delta: z.string() }),
    ...partsBesideText,
  ])
  .meta({ id: 'PartUpdate' });
