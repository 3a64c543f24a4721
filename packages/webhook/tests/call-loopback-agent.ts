// Agents of these tests listen on loopback, which has to be allowed.

import {
  AllowedHosts,
  callAgent as callAnyAgent,
  type AgentEvent,
  type AgentRequest,
  type CallAgentOptions,
} from '../src/index.ts';

export const loopback = new AllowedHosts(['127.0.0.0/8', '::1']);

export function callAgent(
  request: AgentRequest,
  options: CallAgentOptions = {},
): AsyncGenerator<AgentEvent, void, undefined> {
  return callAnyAgent(request, { allowedHosts: loopback, ...options });
}
