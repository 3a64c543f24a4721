// `parley login` and `parley logout`: the session that later commands use.
import { createClient } from '@parley/client';
import { CookieJar } from 'tough-cookie';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import { printResult } from '../print-result.ts';
import { readPassword } from '../read-password.ts';
import { checkUrl, DEFAULT_URL } from './connect.ts';
import { readSession, removeSession, writeSession } from './session-file.ts';
import { signOut } from './sign-in.ts';

export interface LoginOptions extends OutputOptions {
  email: string;
  url?: string;
  team?: string;
}

export async function login(options: LoginOptions, context: CommandContext): Promise<void> {
  const { terminal, environment, signal } = context;
  const { email, team } = options;
  const url = checkUrl(options.url ?? environment.url ?? DEFAULT_URL);
  const password = await readPassword(email, context);
  const jar = new CookieJar();
  const client = createClient({ url, cookies: jar });
  const account = await client.auth.login.mutate({ email, password, ...(team && { team }) }, { signal });
  await endStoredSession(environment.sessionFile);
  await writeSession(environment.sessionFile, { url, email, jar });
  const text = `Logged in to ${url} as ${email} (team: ${account.team.slug}, role: ${account.user.role}).`;
  printResult(terminal, options, { url, ...account }, text);
}

export async function logout(
  options: OutputOptions,
  { terminal, environment }: CommandContext,
): Promise<void> {
  const wasLoggedIn = await endStoredSession(environment.sessionFile);
  await removeSession(environment.sessionFile);
  printResult(terminal, options, { wasLoggedIn }, wasLoggedIn ? 'Logged out.' : 'You were not logged in.');
}

/** Ignores an unreachable server: the session expires by itself. */
async function endStoredSession(file: string): Promise<boolean> {
  const session = await readSession(file).catch(() => undefined);
  if (session === undefined) return false;
  await signOut(createClient({ url: session.url, cookies: session.jar }));
  return true;
}
