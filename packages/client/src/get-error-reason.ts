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
}

/** @returns `undefined` if no server answered, or the server was not Parley */
export function getErrorReason(error: unknown): ErrorDetails | undefined {
  if (!isFromParley(error) || error.data?.reason === undefined) return undefined;
  const { reason, fieldErrors, teams, retryAfterSeconds } = error.data;
  return {
    reason,
    ...(fieldErrors === undefined ? {} : { fieldErrors }),
    ...(teams === undefined ? {} : { teams }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
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
