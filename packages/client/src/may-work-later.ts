import type { ErrorReason } from '@parley/api';
import { getErrorReason } from './get-error-reason.ts';

/** A server said that it cannot do this now; nothing is wrong with what it was asked. */
const passing: ReadonlySet<ErrorReason> = new Set([
  'SHUTTING_DOWN',
  'DATABASE_UNAVAILABLE',
  'INTERNAL_ERROR',
]);

/** Whether the same request may work in a moment: no server of Parley's answered, or one that was not able to. */
export function mayWorkLater(error: unknown): boolean {
  const details = getErrorReason(error);
  return details === undefined || passing.has(details.reason);
}
