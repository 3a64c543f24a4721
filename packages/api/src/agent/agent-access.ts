import type { AgentRow } from '@parley/db';
import { includesScope } from '../auth/check-scope.ts';
import type { Authentication } from '../auth/credential.ts';
import { authOf } from './credential-columns.ts';
import type { AgentOutput } from './agent.schema.ts';

/** The fields of an agent that the caller may see. */
export function toAgentOutput(agent: AgentRow, caller: Authentication): AgentOutput {
  const { id, name, description, isActive, createdAt, updatedAt } = agent;
  const avatarUrl = avatarUrlOf(agent);
  const visible = { id, name, description, isActive, createdAt, updatedAt, avatarUrl };
  if (!seesSettings(caller)) return visible;
  const { protocol, webhookUrl, authHeader, hasWebhookToken, hasSigningSecret, systemPrompt, config } = agent;
  const { firstByteTimeoutMs, idleTimeoutMs, totalTimeoutMs, maxTextBytes } = agent;
  const { answerField, answerNodes, showSteps, showReasoning } = agent;
  return {
    ...visible,
    ...{ protocol, webhookUrl, auth: authOf(agent), authHeader, hasWebhookToken, hasSigningSecret },
    ...{ systemPrompt, config, answerField, answerNodes, showSteps, showReasoning },
    limits: { firstByteTimeoutMs, idleTimeoutMs, totalTimeoutMs, maxTextBytes },
  };
}

/** Settings are for admins, and for those of their API keys that may change them. */
function seesSettings({ user, credential }: Authentication): boolean {
  return (
    user.role === 'admin' && (credential.type === 'session' || includesScope(credential.scope, 'agents'))
  );
}

/** The URL changes with the picture. */
export function avatarUrlOf({ id, avatarEtag }: Pick<AgentRow, 'id' | 'avatarEtag'>): string | null {
  return avatarEtag === null ? null : `/api/agents/${id}/avatar?v=${avatarEtag}`;
}
