import { lockAgent, updateAgent as updateAgentRow, type UserWithTeam } from '@parley/db';
import type { z } from 'zod';
import type { Services } from '../services.ts';
import { agentNotFound, toAgentOutput } from './agent-access.ts';
import type { AgentOutput, updateAgentInput } from './agent.schema.ts';
import { checkWebhookUrl } from './check-webhook-url.ts';

/** @throws DomainError AGENT_NOT_FOUND, AGENT_BLOCKED_URL */
export async function updateAgent(
  { db, secretBox, allowedHosts }: Services,
  user: UserWithTeam,
  input: z.output<typeof updateAgentInput>,
): Promise<AgentOutput> {
  if (input.webhookUrl !== undefined) checkWebhookUrl(input.webhookUrl, allowedHosts);
  const key = { teamId: user.teamId, id: input.id };
  const agent = await db.transaction().execute(async (trx) => {
    const before = await lockAgent(trx, key);
    if (before === undefined) return undefined;
    return updateAgentRow(trx, key, {
      name: input.name,
      description: input.description,
      webhook_url: input.webhookUrl,
      webhook_token_encrypted: tokenChange(input, before.webhookUrl),
      system_prompt: input.systemPrompt,
      config: input.config === undefined ? undefined : JSON.stringify(input.config),
      is_active: input.isActive,
    });
  });
  if (agent === undefined) throw agentNotFound();
  return toAgentOutput(agent, user);

  /** A stored token never goes to a URL that it was not entered for: whoever changes the URL has to know the token. */
  function tokenChange(
    { webhookToken, webhookUrl }: typeof input,
    urlBefore: string,
  ): Uint8Array | null | undefined {
    if (webhookToken !== undefined) return webhookToken === null ? null : secretBox.seal(webhookToken);
    return webhookUrl === undefined || webhookUrl === urlBefore ? undefined : null;
  }
}
