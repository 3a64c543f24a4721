import type { AgentRow, UserWithTeam } from '@parley/db';
import { DomainError } from '../errors.ts';
import type { AgentOutput } from './agent.schema.ts';

/** The same for an agent of another team as for none: ids cannot be tried out. */
export function agentNotFound(): DomainError {
  return new DomainError('AGENT_NOT_FOUND', 'There is no such agent in this team.');
}

/** What this user may see of an agent. */
export function toAgentOutput(agent: AgentRow, user: UserWithTeam): AgentOutput {
  const { id, name, description, isActive, createdAt, updatedAt } = agent;
  const avatarUrl = avatarUrlOf(agent);
  const visible = { id, name, description, isActive, createdAt, updatedAt, avatarUrl };
  if (user.role !== 'admin') return visible;
  const { protocol, webhookUrl, hasWebhookToken, hasSigningSecret, systemPrompt, config } = agent;
  return { ...visible, protocol, webhookUrl, hasWebhookToken, hasSigningSecret, systemPrompt, config };
}

/** Another picture has another URL. */
export function avatarUrlOf({ id, avatarEtag }: Pick<AgentRow, 'id' | 'avatarEtag'>): string | null {
  return avatarEtag === null ? null : `/api/agents/${id}/avatar?v=${avatarEtag}`;
}
