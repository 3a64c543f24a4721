import type { AnyRouter } from '@tanstack/react-router';
import { queryClient, trpc } from '../api/api.ts';
import { tellTabs } from '../api/tabs.ts';
import { safeNext } from '../app/safe-next.ts';
import type { Account } from '../chat/chat-types.ts';

/** After a login: nothing of whoever was here before is left, in this tab or another. */
export async function enter(router: AnyRouter, account: Account, next?: string): Promise<void> {
  queryClient.clear();
  queryClient.setQueryData(trpc.auth.me.queryKey(), account);
  tellTabs({ type: 'session' });
  await router.navigate({ href: safeNext(next) ?? '/', replace: true });
}
