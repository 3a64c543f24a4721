// The one kind of failure a call to an agent ends in, whatever went wrong. An abort by the caller is not one.

import { cutToBytes } from './decode-utf8.ts';

export const agentErrorReasons = [
  'AGENT_UNREACHABLE',
  'AGENT_NOT_REGISTERED',
  'AGENT_UNAUTHORIZED',
  'AGENT_ERROR',
  'AGENT_EMPTY_RESPONSE',
  'AGENT_MISCONFIGURED',
  'AGENT_TIMEOUT',
  'AGENT_RESPONSE_TOO_LARGE',
  'AGENT_PROTOCOL_ERROR',
  'AGENT_BLOCKED_URL',
] as const;

export type AgentErrorReason = (typeof agentErrorReasons)[number];

/** Hints are kept in a log. What they quote is cut short where it is quoted; this is for whatever was forgotten. */
const MAX_HINT_BYTES = 2_048;

export class AgentError extends Error {
  override readonly name = 'AgentError';
  readonly reason: AgentErrorReason;
  /** What an admin can do about it; may quote the agent's own error, cut short and without secrets. */
  readonly hint: string | null;

  /**
   * Without a cause, on purpose: errors of fetch and of the HTTP parser carry the request's headers and the answer's bytes.
   * @param message for the user: no addresses, no tokens, nothing out of an answer's body.
   */
  constructor(reason: AgentErrorReason, message: string, hint: string | null = null) {
    super(message);
    this.reason = reason;
    this.hint = hint === null ? null : cutToBytes(hint, MAX_HINT_BYTES);
  }
}
