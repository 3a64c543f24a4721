import { DomainError } from '@parley/api';
import type { ServerResponse } from 'node:http';

/** Tells programs when a call that was refused for its rate or the server's load may succeed. A streamed batch has sent its head. */
export function setRetryAfter(response: ServerResponse, error: unknown): void {
  if (response.headersSent || !(error instanceof DomainError)) return;
  const { retryAfterSeconds } = error.details;
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', retryAfterSeconds);
}
