import type { AppRouter, ErrorReason } from '@parley/api';
import { TRPCClientError } from '@trpc/client';

/** The server's description of a failure, in stable codes. */
export interface ErrorDetails {
  reason: ErrorReason;
  /** For INVALID_INPUT: the problems of each field, by its path (`content`, `config.model`). */
  fieldErrors?: Record<string, string[]>;
  /** For TEAM_REQUIRED: the slugs of the teams to choose from. */
  teams?: string[];
  /** For RATE_LIMITED and SERVER_BUSY: how long to wait before the next attempt. */
  retryAfterSeconds?: number;
  /** The id of the HTTP request in the server's logs. An error inside a stream has none. */
  requestId?: string;
}

/** @returns `undefined` if no server answered, or the server was not Parley */
export function getErrorReason(error: unknown): ErrorDetails | undefined {
  if (!isFromParley(error) || error.data?.reason === undefined) return undefined;
  const { reason, fieldErrors, teams, retryAfterSeconds } = error.data;
  const requestId = requestIdOf(error.meta?.['response']);
  return {
    reason,
    ...(fieldErrors === undefined ? {} : { fieldErrors }),
    ...(teams === undefined ? {} : { teams }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}

function isFromParley(error: unknown): error is TRPCClientError<AppRouter> {
  return error instanceof TRPCClientError;
}

/** Whether the login is over, so that the user must log in again. */
export function isSessionOver(error: unknown): boolean {
  const reason = getErrorReason(error)?.reason;
  return reason === 'NOT_AUTHENTICATED' || reason === 'SESSION_EXPIRED';
}

/** @param response the `Response` of the global fetch, or one like it */
function requestIdOf(response: unknown): string | undefined {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return undefined;
  const { headers } = response;
  return headers instanceof Headers ? (headers.get('x-request-id') ?? undefined) : undefined;
}
