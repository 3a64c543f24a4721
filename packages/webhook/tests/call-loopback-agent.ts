// The agents of these tests listen on loopback addresses, which callAgent refuses unless they are allowed.

import {
  AllowedHosts,
  callAgent,
  type AgentEvent,
  type AgentRequest,
  type CallAgentOptions,
} from '../src/index.ts';

export const loopback = new AllowedHosts(['127.0.0.0/8', '::1']);

export function callLoopbackAgent(
  request: AgentRequest,
  options: CallAgentOptions = {},
): AsyncGenerator<AgentEvent, void, undefined> {
  return callAgent(request, { allowedHosts: loopback, ...options });
}
