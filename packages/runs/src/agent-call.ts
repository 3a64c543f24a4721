// What a stored agent contributes to a call.
import type { AgentForRun } from '@parley/db';
import type { AgentLimits, AgentRequest } from '@parley/webhook';

export interface AgentCall {
  /** The agent's part of the request. */
  settings: Omit<AgentRequest, 'runId' | 'chatId' | 'messages' | 'chatInput' | 'user' | 'traceparent'>;
  limits: Partial<AgentLimits>;
}

/**
 * @param serverLimits apply where the agent has no limit of its own
 * @param openSecret decrypts the agent's secrets
 */
export function agentCallOf(
  agent: AgentForRun,
  serverLimits: Partial<AgentLimits>,
  openSecret: (sealed: Uint8Array) => string,
): AgentCall {
  const open = (sealed: Uint8Array | null) => (sealed === null ? null : openSecret(sealed));
  const { id: agentId, protocol, auth, authHeader, systemPrompt, config, answerField, answerNodes } = agent;
  return {
    settings: {
      ...{ agentId, protocol, auth, authHeader, systemPrompt, config, answerField, answerNodes },
      url: agent.webhookUrl,
      token: open(agent.webhookTokenEncrypted),
      signingSecret: open(agent.signingSecretEncrypted),
    },
    limits: limitsOf(agent, serverLimits),
  };
}

function limitsOf(agent: AgentForRun, serverLimits: Partial<AgentLimits>): Partial<AgentLimits> {
  const { firstByteTimeoutMs, idleTimeoutMs, totalTimeoutMs, maxTextBytes } = agent;
  const own = { firstByteTimeoutMs, idleTimeoutMs, totalTimeoutMs, maxTextBytes };
  return {
    ...serverLimits,
    ...Object.fromEntries(Object.entries(own).filter(([, value]) => value !== null)),
  };
}
