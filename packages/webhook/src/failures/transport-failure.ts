// What a failed connection means. Codes from Node's net, dns and tls modules and from undici.

import { errors } from 'undici';
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
const UNREADABLE = 'The agent sent an answer that could not be read.';

export function transportFailure(error: unknown, state: TransportState, limits: AgentLimits): AgentError {
  const root = rootOf(error);
  if (root instanceof AgentError) return root;
  const code = codeOf(root);
  switch (code) {
    case 'UND_ERR_HEADERS_TIMEOUT':
      return new AgentError(
        'AGENT_TIMEOUT',
        SLOW,
        `Nothing came within ${seconds(limits.firstByteTimeoutMs)} of the request.`,
      );
    case 'UND_ERR_BODY_TIMEOUT':
      return new AgentError(
        'AGENT_TIMEOUT',
        SLOW,
        `Nothing more came for ${seconds(limits.idleTimeoutMs)}. An n8n execution may be queued for longer than that: see its concurrency limit.`,
      );
    case 'UND_ERR_HEADERS_OVERFLOW':
      return new AgentError('AGENT_PROTOCOL_ERROR', UNREADABLE, 'The headers of the answer are too long.');
    default:
  }
  if (!state.isSent) return connectFailure(code, limits);
  // An end of the connection within a chunk is a parser error, too; it is the connection that is at fault.
  if (root instanceof errors.HTTPParserError && !root.message.includes('EOF')) {
    return new AgentError('AGENT_PROTOCOL_ERROR', UNREADABLE, 'The answer is not valid HTTP/1.1.');
  }
  return state.isAnswering
    ? new AgentError(
        'AGENT_UNREACHABLE',
        'The connection to the agent was lost before its answer was complete.',
        'The agent’s server, or a proxy in front of it, closed the connection: it was restarted, or ran out of time or memory.',
      )
    : new AgentError(
        'AGENT_UNREACHABLE',
        'The agent closed the connection without an answer.',
        'The agent’s server was restarted or failed, or the address is not that of an HTTP server. The workflow may have run all the same.',
      );
}

export function totalTimeout(limits: AgentLimits): AgentError {
  return new AgentError(
    'AGENT_TIMEOUT',
    SLOW,
    `The answer was not complete after ${seconds(limits.totalTimeoutMs)}.`,
  );
}

/** After a sign that the answer has failed; what the agent said of it tells more, if it said anything. */
export function stalled(): AgentError {
  return new AgentError(
    'AGENT_ERROR',
    'The agent failed while answering.',
    'The agent failed, and then sent nothing more.',
  );
}

export function undecodable(): AgentError {
  return new AgentError('AGENT_PROTOCOL_ERROR', UNREADABLE, 'The answer could not be decompressed.');
}

/** The connection may be made the next moment: a server that is restarting, a name server under load. */
export function isWorthAnotherTry(error: unknown): boolean {
  return ['ECONNREFUSED', 'ECONNRESET', 'EAI_AGAIN'].includes(codeOf(rootOf(error)));
}

function connectFailure(code: string, limits: AgentLimits): AgentError {
  return new AgentError('AGENT_UNREACHABLE', UNREACHABLE, connectHint(code, limits));
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
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'EPROTO':
      return 'The webhook’s port does not speak TLS. Is the address http:// rather than https://?';
    default:
      return isTlsCode(code)
        ? `The TLS connection failed (${code}): the certificate is not valid for this host, or has not been issued by a known authority.`
        : `The connection could not be made${code === '' ? '' : ` (${code})`}.`;
  }
}

function isTlsCode(code: string): boolean {
  return /CERT|TLS|SSL|UNABLE_TO|SELF_SIGNED/.test(code);
}

/** Unwraps ofetch's FetchError. If connections to several addresses failed, the first failure represents them. */
function rootOf(error: unknown): unknown {
  let root = error;
  while (root instanceof Error && !('code' in root && root.code) && root.cause instanceof Error)
    root = root.cause;
  return root instanceof AggregateError && codeOf(root) === '' ? root.errors[0] : root;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function seconds(ms: number): string {
  return `${ms / 1000} s`;
}
