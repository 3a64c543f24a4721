import type { NodeRequest } from '../node-http.ts';
import { headerText } from './header-text.ts';
import type { Query } from './parse-query.ts';

/** An EventSource sends the header when it reconnects by itself, and whoever makes it anew puts it into the URL. */
export function readLastEventId(request: NodeRequest, query: Query): string | null {
  return headerText(request, 'last-event-id') ?? query.get('lastEventId') ?? query.get('Last-Event-Id');
}
