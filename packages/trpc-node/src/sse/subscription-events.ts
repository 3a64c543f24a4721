import { TRPCError } from '@trpc/server';
import {
  isObservable,
  observable,
  observableToAsyncIterable,
  type Observable,
} from '@trpc/server/observable';
import { isObject } from '../is-object.ts';
import type { RequestResponse } from '../request-response.ts';

/**
 * The events of a subscription, from the value that its procedure returned.
 * @throws TRPCError if the value is neither an async iterable nor an observable, or the router has subscriptions disabled
 */
export function subscriptionEvents(
  data: unknown,
  path: string,
  { settings, signal, response }: RequestResponse,
): AsyncIterator<unknown> {
  if (settings.config.sse?.enabled === false) {
    throw new TRPCError({
      code: 'METHOD_NOT_SUPPORTED',
      message: 'Missing experimental flag "sseSubscriptions"',
    });
  }
  if (isObservable(data)) {
    const { maxQueuedEvents } = settings;
    return observableEvents(data, { signal, maxQueuedEvents, onOverflow: () => response.destroy() });
  }
  if (isAsyncIterable(data)) return data[Symbol.asyncIterator]();
  const message = `Subscription ${path} did not return an observable or a AsyncGenerator`;
  throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message });
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return isObject(value) && Symbol.asyncIterator in value;
}

interface ObservableEventsOptions {
  signal: AbortSignal;
  maxQueuedEvents: number;
  /** Called when the queue is full. No event is queued from then on. */
  onOverflow: () => void;
}

/** Iterates over an observable. Its queue is bounded, because an observable knows no backpressure. */
function observableEvents(
  source: Observable<unknown, unknown>,
  { signal, maxQueuedEvents, onOverflow }: ObservableEventsOptions,
): AsyncIterator<unknown> {
  let queued = 0;
  const counted = observable((observer) =>
    source.subscribe({
      next(value) {
        if (queued > maxQueuedEvents) return;
        queued += 1;
        if (queued > maxQueuedEvents) onOverflow();
        else observer.next(value);
      },
      error: (cause) => observer.error(cause),
      complete: () => observer.complete(),
    }),
  );
  const events = observableToAsyncIterable(counted, signal);
  return {
    async next() {
      const result = await events.next();
      queued -= 1;
      return result;
    },
    return: async () => (await events.return?.()) ?? { done: true, value: undefined },
  };
}
