import type { NodeRequest } from '../node-http.ts';
import type { Query } from './parse-target.ts';

/** A header as the Headers class returns it: repeated values joined, null if it is missing. */
export function headerText({ headers }: NodeRequest, name: string): string | null {
  const value = headers[name];
  if (value === undefined) return null;
  return Array.isArray(value) ? value.join(', ') : value;
}

export const FORM_TYPE = 'multipart/form-data';

/** The media type of the body in lower case, without its parameters. */
export function mediaType({ headers }: NodeRequest): string | undefined {
  const contentType = headers['content-type'];
  if (contentType === undefined || contentType === 'application/json') return contentType;
  return contentType.toLowerCase().split(';', 1)[0]?.trim();
}

/** An EventSource that reconnects sends the header. A client that opens a new EventSource puts the id into the URL. */
export function readLastEventId(request: NodeRequest, query: Query): string | null {
  return headerText(request, 'last-event-id') ?? query.get('lastEventId') ?? query.get('Last-Event-Id');
}
