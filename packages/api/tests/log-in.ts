import type { Caller, TestApi, TestUser } from '../src/testing/index.ts';

/** A `Cookie` header from `Set-Cookie` headers. */
export function toCookieHeader(setCookies: string[]): string {
  return setCookies.map((header) => header.slice(0, header.indexOf(';'))).join('; ');
}

export interface Login {
  account: Awaited<ReturnType<Caller['auth']['login']>>;
  setCookies: string[];
  /** Has the new cookies. */
  caller: Caller;
}

export async function logIn(
  api: TestApi,
  { email, password }: Pick<TestUser, 'email' | 'password'>,
  team?: string,
): Promise<Login> {
  const setCookies: string[] = [];
  const account = await api
    .callerWith({ setCookies })
    .auth.login({ email, password, ...(team === undefined ? {} : { team }) });
  return { account, setCookies, caller: api.callerWith({ cookie: toCookieHeader(setCookies) }) };
}
