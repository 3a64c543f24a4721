import { TRPCError } from '@trpc/server';
import { isObservable } from '@trpc/server/observable';
import type { Exchange } from '../exchange.ts';
import { isObject } from '../is-object.ts';
import { observableEvents } from './observable-events.ts';

/**
 * The events of a subscription, from what its procedure returned.
 * @throws TRPCError where that is neither an async iterable nor an observable, or the router serves no subscriptions
 */
export function subscriptionEvents(
  data: unknown,
  path: string,
  { settings, signal, response }: Exchange,
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
