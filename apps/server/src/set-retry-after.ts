import { DomainError } from '@parley/api';
import type { ServerResponse } from 'node:http';

/** Tells programs when a call that was refused for its rate or the server's load may succeed. */
export function setRetryAfter(response: ServerResponse, error: unknown): void {
  if (error instanceof DomainError && error.details.retryAfterSeconds !== undefined)
    response.setHeader('retry-after', error.details.retryAfterSeconds);
}
