import { agents } from '@parley/db';
import type { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import type { Authentication } from '../auth/credential.ts';
import { lockAdmin } from '../auth/lock-actor.ts';
import { agentNotFound } from '../errors.ts';
import { idSchema } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { agentsProcedure } from '../trpc.ts';
import { toAgentOutput } from './agent-access.ts';
import { agentFields, agentOutput, type AgentOutput } from './agent.schema.ts';
import { credentialColumns } from './credential-columns.ts';
import { checkModel } from './check-model.ts';
import { checkWebhookUrl } from './check-webhook-url.ts';

/** Missing fields stay unchanged. A new `webhookUrl` removes the stored secrets, except those in the same input. */
const updateAgentInput = agentFields.partial().extend({ id: idSchema });

export const updateAgentProcedure = agentsProcedure
  .meta({
    rest: {
      route: 'PUT /api/agents/{id}',
      summary: 'Update an agent',
      description:
        'Missing fields stay unchanged. A new `webhook_url` removes the stored token and signing secret, and another `auth` the token, unless the request sets them.',
      errors: ['AGENT_NOT_FOUND', 'AGENT_BLOCKED_URL', 'AGENT_MODEL_REQUIRED'],
    },
  })
  .input(updateAgentInput)
  .output(agentOutput)
  .mutation(({ ctx, input }) => updateAgent(ctx, input));

/** @throws DomainError AGENT_NOT_FOUND, AGENT_BLOCKED_URL, AGENT_MODEL_REQUIRED */
async function updateAgent(
  ctx: Services & Authentication,
  input: z.output<typeof updateAgentInput>,
): Promise<AgentOutput> {
  const { db, secretBox, allowedHosts, user } = ctx;
  if (input.webhookUrl !== undefined) checkWebhookUrl(input.webhookUrl, allowedHosts);
  const key = { teamId: user.teamId, id: input.id };
  const agent = await db.transaction().execute(async (trx) => {
    await lockAdmin(trx, ctx);
    const before = await agents.lock(trx, key);
    if (before === undefined) return undefined;
    checkModel(input.protocol ?? before.protocol, input.config ?? before.config);
    const isSameUrl = input.webhookUrl === undefined || input.webhookUrl === before.webhookUrl;
    const after = await agents.update(trx, key, {
      name: input.name,
      description: input.description,
      protocol: input.protocol,
      webhookUrl: input.webhookUrl,
      ...credentialColumns(
        input,
        { ...before, hasWebhookToken: before.hasWebhookToken && isSameUrl },
        secretBox.seal,
      ),
      signingSecretEncrypted: secretChange(input.signingSecret, isSameUrl),
      systemPrompt: input.systemPrompt,
      config: input.config === undefined ? undefined : JSON.stringify(input.config),
      ...input.limits,
      answerField: input.answerField,
      answerNodes: input.answerNodes === undefined ? undefined : JSON.stringify(input.answerNodes),
      showSteps: input.showSteps,
      showReasoning: input.showReasoning,
      isActive: input.isActive,
    });
    // Only the names: a later admin may not be meant to read the URLs and prompts of today.
    const changed = Object.keys(input).filter((field) => field !== 'id');
    await recordAudit(trx, {
      teamId: user.teamId,
      actorId: user.id,
      action: 'agent.update',
      targetId: key.id,
      details: { changed },
    });
    return after;
  });
  if (agent === undefined) throw agentNotFound();
  return toAgentOutput(agent, ctx);

  /** A stored secret is never sent to a new URL: to keep it, the admin who changes the URL has to enter it again. */
  function secretChange(
    secret: string | null | undefined,
    isSameUrl: boolean,
  ): Uint8Array | null | undefined {
    if (secret === undefined) return isSameUrl ? undefined : null;
    return secret === null ? null : secretBox.seal(secret);
  }
}
