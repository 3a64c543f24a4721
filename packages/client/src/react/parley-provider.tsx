import { QueryClientProvider } from '@tanstack/react-query';
import { createContext, use, useEffect, useSyncExternalStore, type ReactNode } from 'react';
import type { ConnectionState } from './connection.ts';
import type { Parley } from './create-parley.ts';

const ParleyContext = createContext<Parley | undefined>(undefined);

/** Provides `parley` to the hooks, and its QueryClient to TanStack Query's. */
export function ParleyProvider({ parley, children }: { parley: Parley; children: ReactNode }) {
  useEffect(() => parley.watch(), [parley]);
  return (
    <ParleyContext value={parley}>
      <QueryClientProvider client={parley.queryClient}>{children}</QueryClientProvider>
    </ParleyContext>
  );
}

/** @throws Error outside of a `ParleyProvider` */
export function useParley(): Parley {
  const parley = use(ParleyContext);
  if (parley === undefined) throw new Error('useParley needs a <ParleyProvider> around the component.');
  return parley;
}

/** Options for TanStack Query's hooks: `useQuery(useTRPC().agent.list.queryOptions({ limit: 20 }))`. */
export function useTRPC(): Parley['trpc'] {
  return useParley().trpc;
}

/** Whether the server is reachable. */
export function useConnection(): ConnectionState {
  const { connection } = useParley();
  return useSyncExternalStore(connection.subscribe, connection.getState, () => 'online');
}
