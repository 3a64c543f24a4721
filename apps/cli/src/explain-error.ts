// One line for each way in which a command can fail.
import { getErrorReason } from '@parley/client';

const networkProblems: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host could not be looked up',
  ECONNRESET: 'the connection was closed',
  ETIMEDOUT: 'it does not answer',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  UND_ERR_SOCKET: 'the connection was closed',
};

export function explainError(error: unknown, url: string): string {
  if (!(error instanceof Error)) return String(error);
  const details = getErrorReason(error);
  if (details?.reason === 'TEAM_REQUIRED' && details.teams !== undefined) {
    return `This login fits several teams. Name one with --team: ${details.teams.join(', ')}. (TEAM_REQUIRED)`;
  }
  if (details !== undefined) return `${error.message} (${details.reason})`;
  const networkProblem = findNetworkProblem(error);
  if (networkProblem !== undefined) return `Cannot reach ${url}: ${networkProblem}.`;
  const isOtherServer = error.name === 'TRPCClientError';
  return isOtherServer
    ? `${url} does not answer as a Parley server does. Is the --url right?`
    : error.message;
}

/** tRPC's error holds that of fetch, a TypeError, and this holds the system's. */
function findNetworkProblem({ cause: fetchError }: Error): string | undefined {
  if (!(fetchError instanceof TypeError) || !(fetchError.cause instanceof Error)) return undefined;
  const { cause } = fetchError;
  const code = 'code' in cause ? String(cause.code) : '';
  return networkProblems[code] ?? (cause.message || code);
}
