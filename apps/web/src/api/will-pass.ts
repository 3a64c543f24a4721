import type { ErrorReason } from '@parley/client';

const PASSING: ReadonlySet<string> = new Set<ErrorReason | 'DATABASE_UNAVAILABLE'>([
  'RATE_LIMITED',
  'SHUTTING_DOWN',
  'DATABASE_UNAVAILABLE',
  'INTERNAL_ERROR',
]);

/** Whether a failure for this reason goes away by itself. */
export function willPass(reason: string): boolean {
  return PASSING.has(reason);
}
