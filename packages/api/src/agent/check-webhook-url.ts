import { AgentError, checkAgentUrl, type AllowedHosts } from '@parley/webhook';
import { DomainError } from '../errors.ts';

/**
 * Refuses an address that every call would be refused at, when it is entered. Names are resolved when they are called.
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
