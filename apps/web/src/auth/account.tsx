import { createContext, use, type ReactNode } from 'react';
import type { Account } from '../api/types.ts';

const AccountContext = createContext<Account | undefined>(undefined);

export function AccountProvider({ account, children }: { account: Account; children: ReactNode }) {
  return <AccountContext value={account}>{children}</AccountContext>;
}

/** The account that is logged in. Works inside the shell only. */
export function useAccount(): Account {
  const account = use(AccountContext);
  if (account === undefined) throw new Error('useAccount is for pages inside the shell');
  return account;
}

export function useIsAdmin(): boolean {
  return useAccount().user.role === 'admin';
}
