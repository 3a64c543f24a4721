export { callAgent, type CallAgentOptions } from './call-agent.ts';
export { normalizeToken, problemOfHeaderName, problemOfToken } from './agent-credentials.ts';
export { AgentError, agentErrorReasons, type AgentErrorReason } from './agent-error.ts';
export {
  agentLimitRanges,
  defaultAgentLimits,
  type AdjustableLimit,
  type AgentLimits,
} from './agent-limits.ts';
export type {
  AnswerPart,
  JsonValue,
  NoticePart,
  PartUpdate,
  ReasoningDelta,
  ReasoningPart,
  SourcePart,
  StepPart,
  TextPart,
  ToolPart,
} from './answer-part.ts';
export type { AgentEvent } from './answer-events.ts';
export { probeAgent, type AgentReport } from './probe-agent.ts';
export { readSigningSecret } from './sign-request.ts';
export type { AgentMessage, AgentProtocol, AgentRequest, AgentUser } from './agent-request.ts';
export { AllowedHosts } from './connect/allowed-hosts.ts';
export { checkAgentUrl } from './agent-url.ts';
export { checkReachable } from './check-reachable.ts';
export { endSlice, nextSlice } from './loop-share.ts';
