// Explains failed connections, by the error codes of undici and of Node's net, dns and tls modules.

import { errors } from 'undici';
import { AgentError } from '../agent-error.ts';
import type { AgentLimits } from '../agent-limits.ts';

export interface TransportState {
  /** Whether sending of the request had started. */
  isSent: boolean;
  /** Whether the answer's headers had arrived. */
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
        `The agent sent nothing within ${seconds(limits.firstByteTimeoutMs)} of the request. A workflow that does not stream is silent until it ends: let it stream, or raise the agent’s limit for the first byte.`,
      );
    case 'UND_ERR_BODY_TIMEOUT':
      return new AgentError(
        'AGENT_TIMEOUT',
        SLOW,
        `The agent sent nothing for ${seconds(limits.idleTimeoutMs)}, which is the agent’s limit. An n8n execution may wait in the queue for longer than that: check n8n’s concurrency limit.`,
      );
    case 'UND_ERR_HEADERS_OVERFLOW':
      return new AgentError('AGENT_PROTOCOL_ERROR', UNREADABLE, 'The headers of the answer are too long.');
    default:
  }
  if (!state.isSent) return connectFailure(code, limits);
  // A connection that ends within a chunk is a parser error, too, but the connection is at fault.
  if (root instanceof errors.HTTPParserError && !root.message.includes('EOF')) {
    return new AgentError('AGENT_PROTOCOL_ERROR', UNREADABLE, 'The answer is not valid HTTP/1.1.');
  }
  return state.isAnswering
    ? new AgentError(
        'AGENT_UNREACHABLE',
        'The connection to the agent was lost before its answer was complete.',
        'The agent’s server, or a proxy in front of it, closed the connection. It may have restarted, or run out of time or memory.',
      )
    : new AgentError(
        'AGENT_UNREACHABLE',
        'The agent closed the connection without an answer.',
        'The agent’s server restarted or crashed, or no HTTP server listens at the address. The workflow may have run nevertheless.',
      );
}

export function totalTimeout(limits: AgentLimits): AgentError {
  return new AgentError(
    'AGENT_TIMEOUT',
    SLOW,
    `The answer was not complete after ${seconds(limits.totalTimeoutMs)}, which is the agent’s limit.`,
  );
}

/** The answer went silent after an error. An error that the agent has reported takes precedence. */
export function stalled(): AgentError {
  return new AgentError(
    'AGENT_ERROR',
    'The agent failed while answering.',
    'The agent failed and then sent nothing more.',
  );
}

export function undecodable(): AgentError {
  return new AgentError('AGENT_PROTOCOL_ERROR', UNREADABLE, 'The answer could not be decompressed.');
}

/** Whether a retry may succeed: the server may be restarting, or the name server overloaded. */
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
      return 'The host name of the webhook address could not be resolved: the name server did not answer.';
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
      return `No connection within ${seconds(limits.connectTimeoutMs)}: the host is down, or a firewall drops the connection.`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'There is no route to the webhook’s host.';
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'EPROTO':
      return 'The webhook’s port does not speak TLS. Does the address start with http:// rather than https://?';
    default:
      return isTlsCode(code)
        ? `The TLS connection failed (${code}): the certificate is not valid for this host, or was not issued by a known authority.`
        : `The connection failed${code === '' ? '' : ` (${code})`}.`;
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
