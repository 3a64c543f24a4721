// Reads a REST event stream as a client does that knows nothing but Server-Sent Events.
import { createParser } from 'eventsource-parser';
import { problemOfEvent } from '../openapi-check.ts';

export interface ReadEvent {
  id: string | undefined;
  type: string;
  data: Record<string, unknown>;
}

/** Yields the events of a response, which must be as the OpenAPI document says. Leaving the loop closes the connection. */
export async function* readEvents({ body }: Response): AsyncGenerator<ReadEvent, void> {
  const arrived: ReadEvent[] = [];
  const parser = createParser({
    onEvent({ id, data }) {
      const event = JSON.parse(data) as Omit<ReadEvent, 'id'>;
      const problem = problemOfEvent(event);
      if (problem !== undefined) throw new Error(problem);
      arrived.push({ id, ...event });
    },
  });
  for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    parser.feed(text);
    yield* arrived.splice(0);
  }
}

/** A client's view of an answer: deltas are appended, and a reset discards the text so far. */
export function addText(text: string, { type, data }: ReadEvent): string {
  if (type !== 'message') return text;
  const content = String(data['content']);
  return data['reset'] === true ? content : text + content;
}
