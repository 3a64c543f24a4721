import { agents, newId } from '@parley/db';
import { probeAgent, type AgentReport } from '@parley/webhook';
import { agentCallOf } from '@parley/runs';
import { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import type { Authentication } from '../auth/credential.ts';
import { lockAdmin } from '../auth/lock-actor.ts';
import { agentNotFound } from '../errors.ts';
import { idInput } from '../schema/id-schema.ts';
import { textSchema } from '../schema/text-schema.ts';
import type { Services } from '../services.ts';
import { agentsProcedure } from '../trpc.ts';

const testAgentInput = idInput.extend({
  /** The message to the agent. */
  message: textSchema({ min: 1, max: 10_000 }).default(
    'Hello! This is a test. Please answer in one short sentence.',
  ),
});

/** The result of one call. Times are in ms since its start. */
const agentReport = z.object({
  isOk: z.boolean(),
  isReachable: z.boolean(),
  isAuthorized: z.boolean().nullable(),
  status: z.number().nullable(),
  mode: z.enum(['n8n-stream', 'json-lines', 'sse', 'json', 'text', 'page']).nullable(),
  firstByteMs: z.number().nullable(),
  firstTextMs: z.number().nullable(),
  totalMs: z.number(),
  /** The limits of the call, which are those of the agent's answers in a chat. */
  limits: z.object({
    firstByteTimeoutMs: z.number(),
    idleTimeoutMs: z.number(),
    totalTimeoutMs: z.number(),
    maxTextBytes: z.number(),
  }),
  pieces: z.number(),
  /** The first 2,000 characters; `textChars` counts all. */
  text: z.string(),
  textChars: z.number(),
  error: z.object({ reason: z.string(), message: z.string(), hint: z.string().nullable() }).nullable(),
  warnings: z.array(z.string()),
  summary: z.string(),
}) satisfies z.ZodType<AgentReport>;

export const testAgentProcedure = agentsProcedure
  .meta({
    rest: {
      route: 'POST /api/agents/{id}/test',
      summary: 'Test an agent',
      description:
        'Calls the agent once and waits for its answer, as long as a chat would: `limits` has how long. Closing the request stops the test. The report includes a failure of the agent, with a hint. Only an entry in the audit log is saved.',
      errors: ['AGENT_NOT_FOUND'],
    },
  })
  .input(testAgentInput)
  .output(agentReport)
  .mutation(({ ctx, input, signal }) => testAgent(ctx, input, signal));

/**
 * Calls an agent once, as a run does, and reports the result. It saves an audit entry, but no chat and no error log.
 * @throws DomainError AGENT_NOT_FOUND
 */
async function testAgent(
  ctx: Services & Authentication,
  input: z.output<typeof testAgentInput>,
  signal: AbortSignal | undefined,
): Promise<AgentReport> {
  const { secretBox, allowedHosts } = ctx;
  const { teamId, id, email, displayName, role } = ctx.user;
  const agent = await ctx.db.transaction().execute(async (trx) => {
    await lockAdmin(trx, ctx);
    const found = await agents.findForRun(trx, { teamId, id: input.id });
    if (found === undefined) throw agentNotFound();
    await recordAudit(trx, { teamId, actorId: id, action: 'agent.test', targetId: found.id });
    return found;
  });
  const { settings, limits } = agentCallOf(agent, ctx.runs.agentLimits, secretBox.open);
  return probeAgent(
    {
      ...settings,
      // New ids keep the test out of the agent's memory of real chats.
      runId: newId(),
      chatId: newId(),
      messages: [{ role: 'user', content: input.message, timestamp: new Date().toISOString() }],
      user: { id, email, displayName, role },
    },
    { signal, limits, allowedHosts },
  );
}
