import type { AgentRow, UserWithTeam } from '@parley/db';
import type { AgentOutput } from './agent.schema.ts';

/** The fields of an agent that this user may see. */
export function toAgentOutput(agent: AgentRow, user: UserWithTeam): AgentOutput {
  const { id, name, description, isActive, createdAt, updatedAt } = agent;
  const avatarUrl = avatarUrlOf(agent);
  const visible = { id, name, description, isActive, createdAt, updatedAt, avatarUrl };
  if (user.role !== 'admin') return visible;
  const { protocol, webhookUrl, hasWebhookToken, hasSigningSecret, systemPrompt, config } = agent;
  return { ...visible, protocol, webhookUrl, hasWebhookToken, hasSigningSecret, systemPrompt, config };
}

/** The URL changes with the picture. */
export function avatarUrlOf({ id, avatarEtag }: Pick<AgentRow, 'id' | 'avatarEtag'>): string | null {
  return avatarEtag === null ? null : `/api/agents/${id}/avatar?v=${avatarEtag}`;
}
