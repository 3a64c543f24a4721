// The typed client, and TanStack Query on top of it. Everything the page knows comes through here.
import { createClient, getErrorReason, type AppRouter } from '@parley/client';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { reportUnreachable } from './connection.ts';
import { endSession } from './session.ts';

const STALE_MS = 10_000;
const MAX_RETRIES = 3;

export const client = createClient({ url: location.origin });

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: reportError }),
  mutationCache: new MutationCache({ onError: reportError }),
  defaultOptions: {
    queries: {
      staleTime: STALE_MS,
      // A server that gave a reason will give it again; one that gave none may only be starting anew.
      retry: (failures, error) => failures < MAX_RETRIES && getErrorReason(error) === undefined,
      // Whether the network is there is asked of the server (connection.ts), not of the browser's guess.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

export const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient });

/** What every failure means for the page as a whole, wherever it was met. */
export function reportError(error: unknown): void {
  const details = getErrorReason(error);
  if (details === undefined) reportUnreachable();
  else if (isSessionOver(details.reason)) endSession();
}

export function isSessionOver(reason: string): boolean {
  return reason === 'NOT_AUTHENTICATED' || reason === 'SESSION_EXPIRED';
}
