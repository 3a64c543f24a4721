// A run's events as an async iterable. It ends by itself after the terminal event only; everything else is an error.
import type { RunEvent } from '@parley/api';
import { observable, observableToAsyncIterable } from '@trpc/server/observable';
import type { Client } from './create-client.ts';
import { delay } from './delay.ts';
import { mayWorkLater } from './may-work-later.ts';
import type { RouterInputs } from './router-types.ts';

/** An event, and its place in the run: pass `id` as `lastEventId` to go on after it. */
export type FollowedEvent = RunEvent & { id: string };

export interface FollowOptions {
  /** Ends the iteration with the signal's reason. The run goes on. */
  signal?: AbortSignal;
  /** Hears `true` when the stream is open, `false` when the connection is lost, and `true` when it is back. */
  onConnectionChange?: (isConnected: boolean) => void;
}

export interface FollowRunOptions extends FollowOptions {
  chatId: string;
  /** Without it: the chat's active run or, where there is none, its last one. */
  runId?: string;
  /** The `id` of the last event received. Without it, all events are shown from the first. */
  lastEventId?: string;
}

/** A lost connection is tRPC's business. This is for streams that break off or are refused on the way. */
const MAX_FRUITLESS_STREAMS = 8;
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 8_000;

/**
 * The events of a run, from the beginning or from `lastEventId`, then those to come, up to the terminal one: `done` or
 * `error`. Without any event where there is nothing to follow: no run in the chat, or no event after `lastEventId`.
 * Leaving the loop ends the subscription, not the run.
 * @throws TRPCClientError CHAT_NOT_FOUND, RUN_NOT_FOUND and those of the login; Error when the stream cannot be kept up
 */
export async function* followRun(
  client: Client,
  options: FollowRunOptions,
): AsyncGenerator<FollowedEvent, void> {
  const { chatId, runId, signal } = options;
  const mayBeEmpty = runId === undefined || options.lastEventId !== undefined;
  const reportConnection = onlyChanges(options.onConnectionChange ?? (() => {}));
  let { lastEventId } = options;
  let cause: unknown;
  for (let fruitless = 0; fruitless < MAX_FRUITLESS_STREAMS; fruitless += 1) {
    if (fruitless > 0) await delay(Math.min(FIRST_RETRY_MS * 2 ** (fruitless - 1), MAX_RETRY_MS), signal);
    signal?.throwIfAborted();
    try {
      for await (const event of subscribe(client, { chatId, runId, lastEventId }, signal, reportConnection)) {
        // What waits in the queue is not shown after an abort either.
        signal?.throwIfAborted();
        lastEventId = event.id;
        fruitless = 0;
        yield event;
        if (event.type === 'done' || event.type === 'error') return;
      }
      if (mayBeEmpty && lastEventId === options.lastEventId && signal?.aborted !== true) return;
      cause = undefined;
    } catch (error) {
      if (!mayWorkLater(error)) throw error;
      cause = error;
    }
    signal?.throwIfAborted();
    reportConnection(false);
  }
  throw new Error('The answer could not be followed to its end: the stream broke off again and again.', {
    cause,
  });
}

/** Events wait in a queue until they are read: none is lost, whatever the reader does in between. */
async function* subscribe(
  client: Client,
  input: RouterInputs['chat']['stream'],
  signal: AbortSignal | undefined,
  reportConnection: (isConnected: boolean) => void,
): AsyncGenerator<FollowedEvent, void> {
  const events = observable<FollowedEvent>((observer) =>
    client.chat.stream.subscribe(input, {
      onData: ({ id, data }) => observer.next({ id, ...data }),
      onError: (error) => observer.error(error),
      onComplete: () => observer.complete(),
      onConnectionStateChange({ state, error }) {
        if (state === 'pending') reportConnection(true);
        if (state === 'connecting' && error !== null) reportConnection(false);
      },
    }),
  );
  yield* observableToAsyncIterable(events, signal ?? new AbortController().signal);
}

function onlyChanges(report: (isConnected: boolean) => void): (isConnected: boolean) => void {
  let last: boolean | undefined;
  return (isConnected) => {
    if (isConnected === last) return;
    last = isConnected;
    report(isConnected);
  };
}
