import { z } from 'zod';
import { pageInput, pageOutput } from '../schema/page-schema.ts';
import { idSchema, nameSchema } from '../schema/text-schema.ts';
import { daySchema } from '../schema/time-schema.ts';

export const listErrorsInput = pageInput
  .extend({ agentId: idSchema.optional(), reason: nameSchema({ max: 100 }).optional() })
  .prefault({});

/** A failure that an admin can act on. */
export const errorOutput = z
  .object({
    id: z.string(),
    reason: z.string(),
    message: z.string(),
    /** What to do about it. */
    hint: z.string().nullable(),
    agentId: z.string().nullable(),
    runId: z.string().nullable(),
    userId: z.string().nullable(),
    createdAt: z.string(),
  })
  .meta({ id: 'ErrorEntry' });

export const listErrorsOutput = pageOutput(errorOutput);

export const listAuditInput = pageInput
  .extend({
    actorId: idSchema.optional(),
    targetId: idSchema.optional(),
    /** The procedure that made the entry: `agent.update`. */
    action: nameSchema({ max: 100 }).optional(),
  })
  .prefault({});

export const auditOutput = z
  .object({
    id: z.string(),
    /** Null for what whoever runs the server has done. The user may be disabled by now. */
    actorId: z.string().nullable(),
    action: z.string(),
    targetId: z.string().nullable(),
    details: z.record(z.string(), z.json()),
    createdAt: z.string(),
  })
  .meta({ id: 'AuditEntry' });

export const listAuditOutput = pageOutput(auditOutput);

export const MAX_USAGE_DAYS = 366;
const DAY_MS = 24 * 60 * 60 * 1000;

export const usageInput = pageInput
  .extend({
    by: z.enum(['day', 'agent', 'user']).default('day'),
    /** The first and the last day, in UTC: `2026-11-23`. Without them, the last 30 days. */
    from: daySchema.optional(),
    to: daySchema.optional(),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    message: 'must not be before `from`',
  })
  .refine(
    ({ from, to }) =>
      from === undefined ||
      (to === undefined ? Date.now() : Date.parse(to)) - Date.parse(from) < MAX_USAGE_DAYS * DAY_MS,
    { path: ['from'], message: `must be at most ${MAX_USAGE_DAYS} days before the last day` },
  )
  .prefault({});

export const usageRowOutput = z
  .object({
    /** A day, or the id of an agent or a user; null for the agents that were deleted. */
    key: z.string().nullable(),
    /** The agent's name or the user's email. */
    label: z.string().nullable(),
    runs: z.number(),
    succeeded: z.number(),
    failed: z.number(),
    canceled: z.number(),
    interrupted: z.number(),
    users: z.number(),
    chats: z.number(),
    /** From the start to the end of an answer; null where none has ended. */
    averageMs: z.number().nullable(),
  })
  .meta({ id: 'UsageRow' });

export const usageOutput = pageOutput(usageRowOutput);
