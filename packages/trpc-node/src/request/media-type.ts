import type { NodeRequest } from '../node-http.ts';

/** The body's type in lower case, without its parameters. */
export function mediaType({ headers }: NodeRequest): string | undefined {
  const contentType = headers['content-type'];
  if (contentType === undefined || contentType === 'application/json') return contentType;
  return contentType.toLowerCase().split(';', 1)[0]?.trim();
}
