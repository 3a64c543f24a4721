// The only error that a call to an agent throws, except for the reason of a caller's abort.

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
  'AGENT_CONTEXT_TOO_LONG',
  'AGENT_RATE_LIMITED',
  'AGENT_QUOTA_EXCEEDED',
  'AGENT_CONTENT_FILTERED',
] as const;

export type AgentErrorReason = (typeof agentErrorReasons)[number];

/** Hints are stored in a log. Quotes are cut where they are made; this limit catches any other long hint. */
const MAX_HINT_BYTES = 2_048;

export class AgentError extends Error {
  override readonly name = 'AgentError';
  readonly reason: AgentErrorReason;
  /** Tells an admin what to do. It may quote the agent's own error, shortened and without secrets. */
  readonly hint: string | null;

  /**
   * There is no `cause`: errors of fetch and of the HTTP parser hold the request's headers and the answer's bytes.
   * @param message for the user; it must not contain an address, a token or any part of an answer's body
   */
  constructor(reason: AgentErrorReason, message: string, hint: string | null = null) {
    super(message);
    this.reason = reason;
    this.hint = hint === null ? null : cutToBytes(hint, MAX_HINT_BYTES);
  }
}
