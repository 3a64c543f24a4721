// Connects to an agent as a call does, but sends nothing, so no workflow runs.

import type { AgentError } from './agent-error.ts';
import { resolveAgentLimits } from './agent-limits.ts';
import { parseAgentUrl } from './agent-url.ts';
import { sharedAgentConnector } from './connect/agent-connector.ts';
import { noAllowedHosts, type AllowedHosts } from './connect/allowed-hosts.ts';
import { transportFailure } from './failures/transport-failure.ts';

/**
 * @returns the error that a call would end with before it is sent; undefined if a call could be sent. `probeAgent` finds out
 *   whether the agent also answers.
 */
export async function checkReachable(
  address: string,
  { allowedHosts = noAllowedHosts }: { allowedHosts?: AllowedHosts | undefined } = {},
): Promise<AgentError | undefined> {
  const limits = resolveAgentLimits();
  try {
    const url = parseAgentUrl(address);
    await connect(url, allowedHosts, limits.connectTimeoutMs);
    return undefined;
  } catch (error) {
    return transportFailure(error, { isSent: false, isAnswering: false }, limits);
  }
}

function connect(url: URL, allowedHosts: AllowedHosts, timeoutMs: number): Promise<void> {
  const connector = sharedAgentConnector(timeoutMs, allowedHosts);
  const { host, protocol, port } = url;
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve, reject) => {
    connector({ host, hostname, protocol, port }, (error, socket) => {
      socket?.destroy();
      if (error === null) resolve();
      else reject(error);
    });
  });
}
