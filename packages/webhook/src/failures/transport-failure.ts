// What a failed connection means. Codes from Node's net, dns and tls modules and from undici.

import { AgentError } from '../agent-error.ts';
import type { AgentLimits } from '../agent-limits.ts';

export interface TransportState {
  /** The request had begun to be sent. */
  isSent: boolean;
  /** The answer's headers had arrived. */
  isAnswering: boolean;
}

const UNREACHABLE = 'The agent could not be reached.';
const SLOW = 'The agent took too long to answer.';

export function transportFailure(error: unknown, state: TransportState, limits: AgentLimits): AgentError {
  if (error instanceof AgentError) return error;
  const code = codeOf(error);
  if (code === 'UND_ERR_HEADERS_TIMEOUT') {
    return new AgentError(
      'AGENT_TIMEOUT',
      SLOW,
      `Nothing came within ${seconds(limits.firstByteTimeoutMs)} of the request.`,
      error,
    );
  }
  if (code === 'UND_ERR_BODY_TIMEOUT') {
    return new AgentError(
      'AGENT_TIMEOUT',
      SLOW,
      `Nothing more came for ${seconds(limits.idleTimeoutMs)}. A queued n8n execution may wait longer than that: see its concurrency limit.`,
      error,
    );
  }
  if (!state.isSent)
    return new AgentError('AGENT_UNREACHABLE', UNREACHABLE, connectHint(code, limits), error);
  if (code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE' && code !== 'HPE_CLOSED_CONNECTION') {
    return new AgentError(
      'AGENT_PROTOCOL_ERROR',
      'The agent sent an answer that could not be read.',
      'The answer is not valid HTTP/1.1.',
      error,
    );
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new AgentError(
      'AGENT_PROTOCOL_ERROR',
      'The agent sent an answer that could not be read.',
      'The headers of the answer are too long.',
      error,
    );
  }
  if (state.isAnswering) {
    return new AgentError(
      'AGENT_UNREACHABLE',
      'The connection to the agent was lost before its answer was complete.',
      'The agent’s server, or a proxy in front of it, closed the connection: it was restarted, or ran out of time or memory.',
      error,
    );
  }
  return new AgentError(
    'AGENT_UNREACHABLE',
    'The agent closed the connection without an answer.',
    'The agent’s server was restarted or failed, or the address is not that of an HTTP server. The workflow may have run all the same.',
    error,
  );
}

export function totalTimeout(limits: AgentLimits): AgentError {
  return new AgentError(
    'AGENT_TIMEOUT',
    SLOW,
    `The answer was not complete after ${seconds(limits.totalTimeoutMs)}.`,
  );
}

/** Only if the agent reported an error before, which is then the failure; kept for the case that it was taken back. */
export function stalledAfterError(): AgentError {
  return new AgentError(
    'AGENT_ERROR',
    'The agent failed while answering.',
    'The workflow reported an error, and then nothing more.',
  );
}

export function undecodable(error: unknown): AgentError {
  return new AgentError(
    'AGENT_PROTOCOL_ERROR',
    'The agent sent an answer that could not be read.',
    'The answer could not be decompressed.',
    error,
  );
}

/** The connection may be made the next moment: a server that is restarting, a name server under load. */
export function isWorthAnotherTry(error: unknown): boolean {
  return ['ECONNREFUSED', 'ECONNRESET', 'EAI_AGAIN'].includes(codeOf(error));
}

function connectHint(code: string, limits: AgentLimits): string {
  switch (code) {
    case 'ECONNREFUSED':
      return 'Nothing listens at the webhook’s host and port. Is n8n running? In a container, localhost is the container itself.';
    case 'ENOTFOUND':
    case 'ENODATA':
      return 'The host name of the webhook address does not exist.';
    case 'EAI_AGAIN':
      return 'The host name of the webhook address could not be looked up; the name server did not answer.';
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return `No connection within ${seconds(limits.connectTimeoutMs)}: the host is down, or a firewall drops the connection.`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'There is no route to the webhook’s host.';
    default:
      return isTlsCode(code)
        ? `The TLS connection failed (${code}): the certificate is not valid for this host, or has not been issued by a known authority.`
        : `The connection could not be made${code === '' ? '' : ` (${code})`}.`;
  }
}

function isTlsCode(code: string): boolean {
  return /CERT|TLS|SSL|UNABLE_TO|SELF_SIGNED|EPROTO/.test(code);
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  // Several addresses were tried: the first one's failure stands for all.
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return codeOf(error.cause);
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}
