import type { AnyRouter } from '@tanstack/react-router';
import { queryClient, trpc } from '../api/api.ts';
import { broadcast } from '../api/broadcast.ts';
import type { Account } from '../api/types.ts';
import { safeNext } from './safe-next.ts';

/** After a login: nothing of whoever was here before is left, in this tab or another. */
export async function enter(router: AnyRouter, account: Account, next?: string): Promise<void> {
  queryClient.clear();
  queryClient.setQueryData(trpc.auth.me.queryKey(), account);
  broadcast({ type: 'session' });
  await router.navigate({ href: safeNext(next) ?? '/', replace: true });
}
