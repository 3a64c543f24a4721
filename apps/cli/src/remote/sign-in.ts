import { createClient, type Client } from '@parley/client';
import { CookieJar } from 'tough-cookie';

const SIGN_OUT_TIMEOUT_MS = 2_000;

export interface Login {
  url: string;
  email: string;
  password: string;
  team?: string;
}

/** Returns a logged-in client, with its cookies in memory only. */
export async function signIn({ url, email, password, team }: Login, signal: AbortSignal): Promise<Client> {
  const client = createClient({ url, cookies: new CookieJar() });
  await client.auth.login.mutate({ email, password, ...(team === undefined ? {} : { team }) }, { signal });
  return client;
}

/** Ends the session. Ignores failures: the session expires by itself. */
export async function signOut(client: Client): Promise<void> {
  const signal = AbortSignal.timeout(SIGN_OUT_TIMEOUT_MS);
  await client.auth.logout.mutate(undefined, { signal }).catch(() => {});
}
