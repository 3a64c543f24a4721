import type { AnyRouter } from '@tanstack/react-router';
import { parley, queryClient, trpc } from '../api/api.ts';
import type { Account } from '../api/types.ts';
import { safeNext } from './safe-next.ts';

/** Starts a session after a login: clears the data of the previous user, in every tab, and opens `next`. */
export async function startSession(router: AnyRouter, account: Account, next?: string): Promise<void> {
  queryClient.clear();
  queryClient.setQueryData(trpc.auth.me.queryKey(), account);
  parley.tabs.broadcast({ type: 'session' });
  await router.navigate({ href: safeNext(next) ?? '/', replace: true });
}
