import { AgentError, checkAgentUrl, type AllowedHosts } from '@parley/webhook';
import { DomainError } from '../errors.ts';

/**
 * Refuses a URL that every call would refuse. Host names are resolved later, with each call.
 * @throws DomainError AGENT_BLOCKED_URL
 */
export function checkWebhookUrl(url: string, allowedHosts: AllowedHosts): void {
  try {
    checkAgentUrl(url, allowedHosts);
  } catch (error) {
    if (!(error instanceof AgentError)) throw error;
    throw new DomainError('AGENT_BLOCKED_URL', error.hint ?? error.message);
  }
}
