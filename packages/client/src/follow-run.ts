// A run's events as an async iterable. Only the terminal event ends it; anything else that stops the stream is an error.
import type { RunEvent } from '@parley/api';
import { observable, observableToAsyncIterable } from '@trpc/server/observable';
import type { Client } from './create-client.ts';
import { delay, isTransient, MAX_ATTEMPTS, retryDelayMs } from './retry-transient.ts';
import type { RouterInputs } from './router-types.ts';

/** An event and its cursor: pass `id` as `lastEventId` to resume after it. */
export type FollowedEvent = RunEvent & { id: string };

export interface FollowOptions {
  /** Ends the iteration with the signal's reason. The run goes on. */
  signal?: AbortSignal;
  /** Called with `true` when the stream opens, `false` when the connection is lost, and `true` when it is back. */
  onConnectionChange?: (isConnected: boolean) => void;
}

export interface FollowRunOptions extends FollowOptions {
  chatId: string;
  /** Default: the chat's active run, or its last one if no run is active. */
  runId?: string;
  /** The `id` of the last event received. Default: replay from the first event. */
  lastEventId?: string;
}

/**
 * Replays the events of a run from the beginning or after `lastEventId`, then tails it up to the terminal event: `done`
 * or `error`. Yields nothing if there is nothing to follow: no run in the chat, or no event after `lastEventId`.
 * tRPC reconnects a lost connection; this opens a new stream when one ends early or is refused.
 * Leaving the loop ends the subscription, not the run.
 * @throws TRPCClientError CHAT_NOT_FOUND, RUN_NOT_FOUND and those of the login; Error after 8 streams without an event
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
  for (let fruitless = 0; fruitless < MAX_ATTEMPTS; fruitless += 1) {
    if (fruitless > 0) await delay(retryDelayMs(cause, fruitless), signal);
    signal?.throwIfAborted();
    try {
      for await (const event of subscribe(client, { chatId, runId, lastEventId }, signal, reportConnection)) {
        // Events that are still queued are not delivered after an abort.
        signal?.throwIfAborted();
        lastEventId = event.id;
        fruitless = 0;
        yield event;
        if (event.type === 'done' || event.type === 'error') return;
      }
      if (mayBeEmpty && lastEventId === options.lastEventId && signal?.aborted !== true) return;
      cause = undefined;
    } catch (error) {
      if (!isTransient(error)) throw error;
      cause = error;
    }
    signal?.throwIfAborted();
    reportConnection(false);
  }
  throw new Error('The answer could not be followed to its end: the stream ended early again and again.', {
    cause,
  });
}

/** Events are queued until they are read, so a slow reader loses nothing. */
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
