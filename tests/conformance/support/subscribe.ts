import type { TRPCClientError } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import type { UntypedClient } from './on-both.ts';

export interface Subscribing {
  path: string;
  input?: unknown;
  /** Unsubscribes after this many events; otherwise when the stream ends or fails. */
  events?: number;
}

/** Subscribes, and returns the calls of all client callbacks in order. */
export function subscribe(
  client: UntypedClient,
  { path, input, events = Infinity }: Subscribing,
): Promise<unknown[]> {
  const seen: unknown[] = [];
  let count = 0;
  return new Promise((resolve) => {
    const subscription = client.subscription(path, input, {
      onStarted: () => seen.push('started'),
      onConnectionStateChange: (state) => seen.push([state.state, state.error && describe(state.error)]),
      onData: (data) => {
        seen.push({ data });
        count += 1;
        if (count < events) return;
        subscription.unsubscribe();
        resolve(seen);
      },
      onError: (error) => {
        seen.push({ error: describe(error) });
        resolve(seen);
      },
      onComplete: () => {
        seen.push('complete');
        resolve(seen);
      },
    });
  });
}

function describe(error: TRPCClientError<AnyTRPCRouter>): unknown {
  return { message: error.message, shape: error.shape, data: error.data };
}
