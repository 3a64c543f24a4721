import { observable, observableToAsyncIterable, type Observable } from '@trpc/server/observable';

export interface ObservableEventsOptions {
  signal: AbortSignal;
  maxQueuedEvents: number;
  /** The reader is further behind than that. It gets no more events. */
  onOverflow: () => void;
}

/** An observable as an iterator, with a limit on what waits for a slow reader: an observable cannot be made to wait. */
export function observableEvents(
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
