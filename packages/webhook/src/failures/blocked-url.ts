import { AgentError } from '../agent-error.ts';

/** Does not name the address: team admins must not learn how names resolve on the operator's network. */
export function blockedHost(): AgentError {
  return new AgentError(
    'AGENT_BLOCKED_URL',
    'The agent is not set up correctly.',
    'The webhook’s host is not on the public Internet and is not allowed. The operator of this server can add it to WEBHOOK_ALLOWED_HOSTS.',
  );
}

/**
 * A name that does not exist and a name that resolves to a private address give the same error. A difference would reveal to
 * team admins which names exist on the operator's network.
 */
export function blockedName(): AgentError {
  return new AgentError(
    'AGENT_BLOCKED_URL',
    'The agent is not set up correctly.',
    'The webhook’s host name does not exist, or its host is not on the public Internet and is not allowed. Check the spelling. The operator of this server can add a private host to WEBHOOK_ALLOWED_HOSTS.',
  );
}

export function unusableUrl(): AgentError {
  return new AgentError(
    'AGENT_BLOCKED_URL',
    'The agent is not set up correctly.',
    'The webhook address must be a complete http:// or https:// address without a user name or password.',
  );
}

export function blockedPort(): AgentError {
  return new AgentError(
    'AGENT_BLOCKED_URL',
    'The agent is not set up correctly.',
    'The port of the webhook address belongs to a protocol other than HTTP, so Parley sends no requests to it. Use another port.',
  );
}
