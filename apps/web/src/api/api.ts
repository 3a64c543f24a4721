// The typed client, and TanStack Query on top of it.
import { createClient, getErrorReason, isTransient, retryDelayMs, type AppRouter } from '@parley/client';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { reportUnreachable } from './connection.ts';
import { endSession } from './session.ts';

const STALE_MS = 10_000;
/** With the client's delays, 8 s until the page shows the error. */
const MAX_RETRIES = 5;

export const client = createClient({ url: location.origin });

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: reportError }),
  mutationCache: new MutationCache({ onError: reportError }),
  defaultOptions: {
    queries: {
      staleTime: STALE_MS,
      retry: (failures, error) => failures < MAX_RETRIES && isTransient(error),
      retryDelay: (failures, error) => retryDelayMs(error, failures + 1),
      // connection.ts asks the server whether it is reachable; the browser only guesses.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

export const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient });

/** Updates the state of the page after a failed request: the connection, or the end of the session. */
export function reportError(error: unknown): void {
  const details = getErrorReason(error);
  if (details === undefined) reportUnreachable();
  else if (isSessionOver(details.reason)) endSession();
}

export function isSessionOver(reason: string): boolean {
  return reason === 'NOT_AUTHENTICATED' || reason === 'SESSION_EXPIRED';
}
