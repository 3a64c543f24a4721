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

test('followRun fails when 8 streams end without an event', async () => {
  const { client, attempts } = clientWhoseStreams((observer) => observer.complete());
  const following = Array.fromAsync(followRun(client, { chatId: 'c', runId: 'r' }));
  const outcome = expect(following).rejects.toThrow('could not be followed to its end');
  await vi.runAllTimersAsync();
  await outcome;
  expect(attempts()).toBe(8);
});

test('the error of followRun has the failure of the last stream as its cause', async () => {
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

test('an abort while followRun waits for its next attempt ends it at once', async () => {
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
