import { createTRPCClient, TRPCClientError, type TRPCLink } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { followRun, type AppRouter } from '../src/index.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test('a stream that ends again and again without the end of the run is an error, not an answer', async () => {
  const { client, attempts } = clientWhoseStreams((observer) => observer.complete());
  const following = Array.fromAsync(followRun(client, { chatId: 'c', runId: 'r' }));
  const outcome = expect(following).rejects.toThrow('could not be followed to its end');
  await vi.runAllTimersAsync();
  await outcome;
  expect(attempts()).toBe(8);
});

test('what went wrong with the last stream is the cause', async () => {
  const { client } = clientWhoseStreams((observer) =>
    observer.error(new TRPCClientError('Non-200 status code (502)')),
  );
  const following = Array.fromAsync(followRun(client, { chatId: 'c', runId: 'r' }));
  const outcome = expect(following).rejects.toMatchObject({
    cause: { message: 'Non-200 status code (502)' },
  });
  await vi.runAllTimersAsync();
  await outcome;
});

test('aborting while it waits for the next attempt ends it at once', async () => {
  const { client, attempts } = clientWhoseStreams((observer) => observer.complete());
  const controller = new AbortController();
  const following = Array.fromAsync(
    followRun(client, { chatId: 'c', runId: 'r', signal: controller.signal }),
  );
  const outcome = expect(following).rejects.toThrow('enough');
  await vi.advanceTimersByTimeAsync(300);
  const attemptsBefore = attempts();
  controller.abort(new Error('enough'));
  await outcome;
  await vi.runAllTimersAsync();
  expect(attempts()).toBe(attemptsBefore);
});

type Observer = Parameters<Parameters<typeof observable<never, TRPCClientError<AppRouter>>>[0]>[0];

function clientWhoseStreams(end: (observer: Observer) => void) {
  let attempts = 0;
  const link: TRPCLink<AppRouter> = () => () =>
    observable((observer) => {
      attempts += 1;
      end(observer);
      return () => {};
    });
  return { client: createTRPCClient<AppRouter>({ links: [link] }), attempts: () => attempts };
}
