// Streams the events of a run to a client that opens or resumes a stream: chat.stream, with the cursor of EventSource.
import { parseRunCursor } from '@parley/runs';
import { callRoute } from './call-route.ts';
import type { ReadInput } from './read-input.ts';
import type { RestRequest } from './rest-request.ts';
import { isAsyncIterable, writeEvents } from './write-events.ts';

/** A restart takes less than EventSource's default of 3 s. */
const RECONNECT_MS = 500;

export async function respondEvents(rest: RestRequest, readInput: ReadInput): Promise<void> {
  const { request, response, query } = rest;
  const header = String(request.headers['last-event-id'] ?? '');
  const resume = header === '' ? {} : { lastEventId: header };
  const events = await callRoute(rest, async () => Object.assign({}, await readInput(), resume));
  if (!isAsyncIterable(events)) throw new Error(`${rest.route.procedurePath} is not a subscription`);
  const lastEventId = header === '' ? query.get('last_event_id') : header;
  if (isEndOf(lastEventId, rest)) {
    await events[Symbol.asyncIterator]().return?.();
    // An EventSource reconnects after any other end of a stream (WHATWG HTML, section 9.2.3).
    response.writeHead(204).end();
  } else {
    await writeEvents(rest, events, { reconnectMs: RECONNECT_MS });
  }
}

function isEndOf(lastEventId: string | null, { parameters }: RestRequest): boolean {
  const cursor = parseRunCursor(lastEventId ?? '');
  return cursor?.seq === 'end' && cursor.runId === parameters['runId']?.toLowerCase();
}
