export { callAgent, type CallAgentOptions } from './call-agent.ts';
export { AgentError, agentErrorReasons, type AgentErrorReason } from './agent-error.ts';
export { defaultAgentLimits, type AgentLimits } from './agent-limits.ts';
export type { AgentEvent } from './agent-event.ts';
export { testAgent, type AgentReport } from './test-agent.ts';
export { readSigningSecret } from './sign-request.ts';
export type { AgentMessage, AgentProtocol, AgentRequest, AgentUser } from './agent-request.ts';
export { AllowedHosts } from './connect/allowed-hosts.ts';
export { checkAgentUrl } from './agent-url.ts';
