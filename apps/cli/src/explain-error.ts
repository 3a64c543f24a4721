// Turns an error into the line that a command prints and its exit code.
import { getErrorReason, isTransient } from '@parley/client';
import { CommandError } from './command-error.ts';
import { exitCode, type ExitCode } from './exit-code.ts';

export interface Failure {
  reason: string;
  message: string;
  exitCode: ExitCode;
}

const networkProblems: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'unknown host',
  EAI_AGAIN: 'the host name could not be resolved',
  ECONNRESET: 'the connection was closed',
  ETIMEDOUT: 'connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  UND_ERR_SOCKET: 'the connection was closed',
};

/** Transient errors are `unavailable`, other reasons `failed`. */
const exitCodes: Record<string, ExitCode> = {
  TEAM_REQUIRED: exitCode.usage,
  INVALID_INPUT: exitCode.usage,
  NOT_AUTHENTICATED: exitCode.loginRequired,
  ACCESS_TOKEN_EXPIRED: exitCode.loginRequired,
  SESSION_EXPIRED: exitCode.loginRequired,
  INVALID_API_KEY: exitCode.loginRequired,
  INVALID_CREDENTIALS: exitCode.loginRequired,
  // Transient, but more often a bug: a script should not retry it for ever.
  INTERNAL_ERROR: exitCode.failed,
};

/** @param url the server's address, if the command connects to a server */
export function explainError(error: unknown, url: string): Failure {
  if (error instanceof CommandError) return error;
  if (!(error instanceof Error)) return failed(String(error));
  const details = getErrorReason(error);
  if (details !== undefined) {
    return {
      reason: details.reason,
      message: explainReason(error, details),
      exitCode: exitCodes[details.reason] ?? (isTransient(error) ? exitCode.unavailable : exitCode.failed),
    };
  }
  // A DomainError of a command that works on the database directly.
  if ('reason' in error && typeof error.reason === 'string') {
    return { reason: error.reason, message: error.message, exitCode: exitCode.failed };
  }
  const networkProblem = findNetworkProblem(error);
  if (networkProblem !== undefined) return unreachable(`Cannot reach ${url}: ${networkProblem}.`);
  return error.name === 'TRPCClientError'
    ? unreachable(`${url} does not respond like a Parley server. Check --url.`)
    : failed(error.message);
}

function explainReason({ message }: Error, details: NonNullable<ReturnType<typeof getErrorReason>>): string {
  const { reason, teams = [] } = details;
  switch (reason) {
    case 'TEAM_REQUIRED':
      return `This login exists in several teams. Choose one with --team: ${teams.join(', ')}.`;
    case 'SESSION_EXPIRED':
    case 'NOT_AUTHENTICATED':
      return `${message} Run: parley login --email <email>`;
    default:
      return message;
  }
}

function failed(message: string): Failure {
  return { reason: 'FAILED', message, exitCode: exitCode.failed };
}

function unreachable(message: string): Failure {
  return { reason: 'SERVER_UNREACHABLE', message, exitCode: exitCode.unavailable };
}

/** The cause of tRPC's error is fetch's TypeError, whose cause is the system error. */
function findNetworkProblem({ cause: fetchError }: Error): string | undefined {
  if (!(fetchError instanceof TypeError) || !(fetchError.cause instanceof Error)) return undefined;
  const { cause } = fetchError;
  const code = 'code' in cause ? String(cause.code) : '';
  return networkProblems[code] ?? (cause.message || code);
}
