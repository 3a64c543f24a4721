import type { AppRouter, ErrorReason } from '@parley/api';
import { TRPCClientError } from '@trpc/client';

/** What the server says of a failure, in stable codes. */
export interface ErrorDetails {
  reason: ErrorReason;
  /** For INVALID_INPUT: what is wrong with each field, by its path (`content`, `config.model`). */
  fieldErrors?: Record<string, string[]>;
  /** For TEAM_REQUIRED: the slugs of the teams to choose from. */
  teams?: string[];
}

/** @returns `undefined` where no server has answered, or it was not Parley */
export function getErrorReason(error: unknown): ErrorDetails | undefined {
  if (!isFromParley(error) || error.data?.reason === undefined) return undefined;
  const { reason, fieldErrors, teams } = error.data;
  return {
    reason,
    ...(fieldErrors === undefined ? {} : { fieldErrors }),
    ...(teams === undefined ? {} : { teams }),
  };
}

function isFromParley(error: unknown): error is TRPCClientError<AppRouter> {
  return error instanceof TRPCClientError;
}
