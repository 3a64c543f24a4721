// Chooses the server and the login of a command.
import { createClient, type Client } from '@parley/client';
import type { CommandContext } from '../command-context.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { exitCode } from '../exit-code.ts';
import { readPassword } from '../read-password.ts';
import { readSession, writeSession } from './session-file.ts';
import { signIn, signOut } from './sign-in.ts';

/** Options of every command that connects to a server. */
export interface ConnectOptions {
  url?: string;
  /** Log in for this command alone. */
  email?: string;
  team?: string;
  /** The password, if the command has already asked for it. */
  password?: string;
}

export interface Connection {
  client: Client;
  /** Must be called at the end of the command, also after a failure. */
  close: () => Promise<void>;
}

export const DEFAULT_URL = 'http://127.0.0.1:8000';

/**
 * Uses `--email` (a login for this command only), PARLEY_API_KEY or the session of `parley login`, in this order.
 * @throws CommandError NOT_LOGGED_IN if there is none of them
 */
export async function connect(options: ConnectOptions, context: CommandContext): Promise<Connection> {
  const { environment, signal } = context;
  const givenUrl = options.url ?? environment.url;
  if (options.email !== undefined) {
    const { email, team } = options;
    const password = options.password ?? (await readPassword(email, context));
    const login = { url: checkUrl(givenUrl ?? DEFAULT_URL), email, password, ...(team && { team }) };
    const client = await signIn(login, signal);
    // An interrupted command exits at once; its session expires by itself.
    return { client, close: async () => (signal.aborted ? undefined : signOut(client)) };
  }
  if (environment.apiKey !== undefined) {
    const url = checkUrl(givenUrl ?? DEFAULT_URL);
    return { client: createClient({ url, apiKey: environment.apiKey }), close: async () => {} };
  }
  return connectByFile(givenUrl, environment.sessionFile);
}

async function connectByFile(givenUrl: string | undefined, file: string): Promise<Connection> {
  const session = await readSession(file);
  if (session === undefined) throw notLoggedIn('You are not logged in.');
  const { url, jar } = session;
  if (givenUrl !== undefined && trimmed(givenUrl) !== trimmed(url)) {
    throw notLoggedIn(`You are logged in to ${url}, not to ${givenUrl}.`);
  }
  let hasNewCookies = false;
  const cookies = {
    getCookieString: (of: string) => jar.getCookieString(of),
    setCookie(header: string, of: string) {
      hasNewCookies = true;
      return jar.setCookie(header, of);
    },
  };
  return {
    client: createClient({ url: checkUrl(url), cookies }),
    close: async () => (hasNewCookies ? writeSession(file, session) : undefined),
  };
}

/** @throws UsageError */
export function checkUrl(url: string): string {
  if (/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return url;
  throw new UsageError(`The url must be the server's address, such as ${DEFAULT_URL}, not "${url}".`);
}

function trimmed(url: string): string {
  return url.replace(/\/+$/, '');
}

function notLoggedIn(what: string): CommandError {
  return new CommandError(`${what} Run: parley login --email <email>, or set PARLEY_API_KEY.`, {
    reason: 'NOT_LOGGED_IN',
    exitCode: exitCode.loginRequired,
  });
}
