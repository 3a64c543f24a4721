import { AgentError } from '../agent-error.ts';

/** Tells no address: what names resolve to on the operator's network is not for everyone who may enter one. */
export function blockedHost(): AgentError {
  return new AgentError(
    'AGENT_BLOCKED_URL',
    'The agent is not set up correctly.',
    'The webhook’s host is not on the public Internet, and has not been allowed. Whoever runs Parley can add it to WEBHOOK_ALLOWED_HOSTS.',
  );
}

export function unusableUrl(): AgentError {
  return new AgentError(
    'AGENT_BLOCKED_URL',
    'The agent is not set up correctly.',
    'The webhook address must be a full http:// or https:// address without a user name or password in it.',
  );
}

export function blockedPort(): AgentError {
  return new AgentError(
    'AGENT_BLOCKED_URL',
    'The agent is not set up correctly.',
    'The port of the webhook address belongs to another protocol, and no request is sent there.',
  );
}
