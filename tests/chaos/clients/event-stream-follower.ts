// A follower like a browser's EventSource: it reads complete events only, and reconnects with the id of the last one. Unlike
// EventSource, it reconnects without a delay.
import { initialRunView, reduceRunEvents, type RunEvent, type RunView } from '@parley/client';

/** Far longer than any connection lasts. A connection that hangs is a failure. */
const MAX_CONNECTION_MS = 30_000;
const MAX_CONNECTIONS = 1_000;

export class EventStreamFollower {
  view: RunView = initialRunView;
  /** Terminal events. A follower that was cut after one receives it again. */
  readonly terminals: string[] = [];
  readonly #url: string;
  readonly #cookie: string;
  #lastEventId: string | undefined;
  #isComplete = false;

  constructor(url: string, cookie: string) {
    this.#url = url;
    this.#cookie = cookie;
  }

  /** Reconnects until it has received the last frame of the stream. */
  async followToEnd(run: { chatId: string; runId: string }): Promise<void> {
    const input = encodeURIComponent(JSON.stringify({ json: run }));
    for (let connection = 1; !this.#isComplete; connection += 1) {
      if (connection > MAX_CONNECTIONS) throw new Error('The stream never ends.');
      try {
        await this.#connect(`${this.#url}/trpc/chat.stream?input=${input}`);
      } catch (error) {
        if (!isCut(error)) throw error;
      }
    }
    if (this.terminals.length === 0) throw new Error('The stream ended without a terminal event.');
  }

  async #connect(url: string): Promise<void> {
    const response = await fetch(url, {
      headers: {
        cookie: this.#cookie,
        accept: 'text/event-stream',
        connection: 'close',
        ...(this.#lastEventId === undefined ? {} : { 'last-event-id': this.#lastEventId }),
      },
      signal: AbortSignal.timeout(MAX_CONNECTION_MS),
    });
    if (response.status !== 200 || response.body === null)
      throw new Error(`The server answered with ${response.status}: ${await response.text()}`);
    let rest = '';
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      const events = (rest + chunk).split('\n\n');
      // The last part is incomplete until an empty line follows.
      rest = events.pop() ?? '';
      for (const event of events) this.#take(event);
    }
  }

  #take(event: string): void {
    const fields = new Map(
      event
        .split('\n')
        .filter((line) => line !== '')
        .map((line): [string, string] => {
          const colon = line.indexOf(':');
          return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
        }),
    );
    const name = fields.get('event');
    if (name === 'return') this.#isComplete = true;
    if (name === 'serialized-error') throw new Error(`The stream failed: ${fields.get('data')}`);
    if (name !== undefined) return;
    const id = fields.get('id');
    if (id === undefined) return;
    this.#lastEventId = id;
    const { json } = JSON.parse(fields.get('data') ?? '') as { json: RunEvent };
    this.view = reduceRunEvents(this.view, json);
    if (json.type === 'done' || json.type === 'error') this.terminals.push(json.type);
  }
}

/** Whether `fetch` failed because the connection broke. */
function isCut(error: unknown): boolean {
  return error instanceof TypeError && (error.message === 'fetch failed' || error.message === 'terminated');
}
