// One line for each way in which a command can fail, and its exit code.
import { getErrorReason } from '@parley/client';
import { CommandError } from './command-error.ts';
import { exitCode, type ExitCode } from './exit-code.ts';

export interface Failure {
  reason: string;
  message: string;
  exitCode: ExitCode;
}

const networkProblems: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host could not be looked up',
  ECONNRESET: 'the connection was closed',
  ETIMEDOUT: 'it does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  UND_ERR_SOCKET: 'the connection was closed',
};

/** Other reasons are `failed`. */
const exitCodes: Record<string, ExitCode> = {
  TEAM_REQUIRED: exitCode.usage,
  INVALID_INPUT: exitCode.usage,
  NOT_AUTHENTICATED: exitCode.loginRequired,
  ACCESS_TOKEN_EXPIRED: exitCode.loginRequired,
  SESSION_EXPIRED: exitCode.loginRequired,
  INVALID_API_KEY: exitCode.loginRequired,
  INVALID_CREDENTIALS: exitCode.loginRequired,
  RATE_LIMITED: exitCode.unavailable,
  SERVER_BUSY: exitCode.unavailable,
  DATABASE_UNAVAILABLE: exitCode.unavailable,
  SHUTTING_DOWN: exitCode.unavailable,
};

/** @param url of the server, where the command talks to one */
export function explainError(error: unknown, url: string): Failure {
  if (error instanceof CommandError) return error;
  if (!(error instanceof Error)) return failed(String(error));
  const details = getErrorReason(error);
  if (details !== undefined) {
    return {
      reason: details.reason,
      message: explainReason(error, details),
      exitCode: exitCodes[details.reason] ?? exitCode.failed,
    };
  }
  // A DomainError, where the command has worked on the database without a server.
  if ('reason' in error && typeof error.reason === 'string') {
    return { reason: error.reason, message: error.message, exitCode: exitCode.failed };
  }
  const networkProblem = findNetworkProblem(error);
  if (networkProblem !== undefined) return unreachable(`Cannot reach ${url}: ${networkProblem}.`);
  return error.name === 'TRPCClientError'
    ? unreachable(`${url} does not answer as a Parley server does. Is the --url right?`)
    : failed(error.message);
}

function explainReason({ message }: Error, details: NonNullable<ReturnType<typeof getErrorReason>>): string {
  const { reason, teams = [] } = details;
  switch (reason) {
    case 'TEAM_REQUIRED':
      return `This login fits several teams. Name one with --team: ${teams.join(', ')}.`;
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

/** tRPC's error holds that of fetch, a TypeError, and this holds the system's. */
function findNetworkProblem({ cause: fetchError }: Error): string | undefined {
  if (!(fetchError instanceof TypeError) || !(fetchError.cause instanceof Error)) return undefined;
  const { cause } = fetchError;
  const code = 'code' in cause ? String(cause.code) : '';
  return networkProblems[code] ?? (cause.message || code);
}
