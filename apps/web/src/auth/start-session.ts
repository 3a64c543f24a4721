import type { AnyRouter } from '@tanstack/react-router';
import { queryClient, trpc } from '../api/api.ts';
import { broadcast } from '../api/broadcast.ts';
import type { Account } from '../api/types.ts';
import { safeNext } from './safe-next.ts';

/** Starts a session after a login: clears the data of the previous user, in every tab, and opens `next`. */
export async function startSession(router: AnyRouter, account: Account, next?: string): Promise<void> {
  queryClient.clear();
  queryClient.setQueryData(trpc.auth.me.queryKey(), account);
  broadcast({ type: 'session' });
  await router.navigate({ href: safeNext(next) ?? '/', replace: true });
}
