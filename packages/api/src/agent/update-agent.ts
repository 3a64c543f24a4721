import { agents, type UserWithTeam } from '@parley/db';
import type { z } from 'zod';
import { recordAudit } from '../audit/record-audit.ts';
import { agentNotFound } from '../errors.ts';
import { idSchema } from '../schema/id-schema.ts';
import type { Services } from '../services.ts';
import { adminProcedure } from '../trpc.ts';
import { toAgentOutput } from './agent-access.ts';
import { agentFields, agentOutput, type AgentOutput } from './agent.schema.ts';
import { checkModel } from './check-model.ts';
import { checkWebhookUrl } from './check-webhook-url.ts';

/** What is left out stays. Another `webhookUrl` drops the stored token and signing secret, but what comes with it. */
const updateAgentInput = agentFields.partial().extend({ id: idSchema });

export const updateAgentProcedure = adminProcedure
  .meta({
    rest: {
      route: 'PUT /api/agents/{id}',
      summary: 'Change an agent',
      description:
        'What is left out stays as it is. Another `webhook_url` drops the stored token and signing secret, but for what comes with it.',
      errors: ['AGENT_NOT_FOUND', 'AGENT_BLOCKED_URL', 'AGENT_MODEL_REQUIRED'],
    },
  })
  .input(updateAgentInput)
  .output(agentOutput)
  .mutation(({ ctx, input }) => updateAgent(ctx, ctx.user, input));

/** @throws DomainError AGENT_NOT_FOUND, AGENT_BLOCKED_URL, AGENT_MODEL_REQUIRED */
async function updateAgent(
  { db, secretBox, allowedHosts }: Services,
  user: UserWithTeam,
  input: z.output<typeof updateAgentInput>,
): Promise<AgentOutput> {
  if (input.webhookUrl !== undefined) checkWebhookUrl(input.webhookUrl, allowedHosts);
  const key = { teamId: user.teamId, id: input.id };
  const agent = await db.transaction().execute(async (trx) => {
    const before = await agents.lock(trx, key);
    if (before === undefined) return undefined;
    checkModel(input.protocol ?? before.protocol, input.config ?? before.config);
    const isSameUrl = input.webhookUrl === undefined || input.webhookUrl === before.webhookUrl;
    const after = await agents.update(trx, key, {
      name: input.name,
      description: input.description,
      protocol: input.protocol,
      webhookUrl: input.webhookUrl,
      webhookTokenEncrypted: secretChange(input.webhookToken, isSameUrl),
      signingSecretEncrypted: secretChange(input.signingSecret, isSameUrl),
      systemPrompt: input.systemPrompt,
      config: input.config === undefined ? undefined : JSON.stringify(input.config),
      isActive: input.isActive,
    });
    // What was changed, not to what: an URL or a prompt may say more than an admin of tomorrow should read.
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
  return toAgentOutput(agent, user);

  /** A stored secret is never used with a URL that it was not entered for: whoever changes the URL has to know the secret. */
  function secretChange(
    secret: string | null | undefined,
    isSameUrl: boolean,
  ): Uint8Array | null | undefined {
    if (secret === undefined) return isSameUrl ? undefined : null;
    return secret === null ? null : secretBox.seal(secret);
  }
}
