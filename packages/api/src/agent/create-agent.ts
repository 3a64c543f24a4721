import { agents, newId } from '@parley/db';
import type { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import type { Authentication } from '../auth/credential.ts';
import { lockAdmin } from '../auth/lock-actor.ts';
import type { Services } from '../services.ts';
import { agentsProcedure } from '../trpc.ts';
import { toAgentOutput } from './agent-access.ts';
import { agentFields, agentOutput, type AgentOutput } from './agent.schema.ts';
import { credentialColumns, noCredentials } from './credential-columns.ts';
import { checkModel } from './check-model.ts';
import { checkWebhookUrl } from './check-webhook-url.ts';

const createAgentInput = agentFields.partial().required({ name: true, webhookUrl: true });

export const createAgentProcedure = agentsProcedure
  .meta({
    rest: {
      route: 'POST /api/agents',
      summary: 'Create an agent',
      description:
        'With the protocol `openai`, `webhook_url` is a chat completions endpoint or its base URL, and `config.model` names the model.',
      status: 201,
      errors: ['AGENT_BLOCKED_URL', 'AGENT_MODEL_REQUIRED'],
    },
  })
  .input(createAgentInput)
  .output(agentOutput)
  .mutation(({ ctx, input }) => createAgent(ctx, input));

/** @throws DomainError AGENT_BLOCKED_URL, AGENT_MODEL_REQUIRED */
async function createAgent(
  ctx: Services & Authentication,
  input: z.output<typeof createAgentInput>,
): Promise<AgentOutput> {
  const { db, secretBox, allowedHosts, user } = ctx;
  checkWebhookUrl(input.webhookUrl, allowedHosts);
  const { signingSecret = null, config = {}, protocol = 'webhook', answerNodes = [] } = input;
  checkModel(protocol, config);
  const {
    firstByteTimeoutMs = null,
    idleTimeoutMs = null,
    totalTimeoutMs = null,
    maxTextBytes = null,
  } = input.limits ?? {};
  const { webhookTokenEncrypted = null, ...auth } = credentialColumns(input, noCredentials, secretBox.seal);
  const agent = await db.transaction().execute(async (trx) => {
    await lockAdmin(trx, ctx);
    const inserted = await agents.insert(trx, {
      teamId: user.teamId,
      id: newId(),
      name: input.name,
      description: input.description ?? '',
      protocol,
      webhookUrl: input.webhookUrl,
      ...auth,
      webhookTokenEncrypted,
      signingSecretEncrypted: signingSecret === null ? null : secretBox.seal(signingSecret),
      systemPrompt: input.systemPrompt ?? null,
      config: JSON.stringify(config),
      ...{ firstByteTimeoutMs, idleTimeoutMs, totalTimeoutMs, maxTextBytes },
      answerField: input.answerField ?? null,
      answerNodes: JSON.stringify(answerNodes),
      showSteps: input.showSteps ?? true,
      showReasoning: input.showReasoning ?? true,
      isActive: input.isActive ?? true,
    });
    await recordAudit(trx, {
      teamId: user.teamId,
      actorId: user.id,
      action: 'agent.create',
      targetId: inserted.id,
      details: { name: inserted.name },
    });
    return inserted;
  });
  return toAgentOutput(agent, ctx);
}
