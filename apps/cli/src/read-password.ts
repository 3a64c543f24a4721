import password from '@inquirer/password';
import type { CommandContext } from './command-context.ts';
import { UsageError } from './command-error.ts';

/** From the environment; otherwise the user is asked, without an echo. */
export async function readPassword(
  email: string,
  { environment, stdin, signal }: CommandContext,
): Promise<string> {
  if (environment.password !== undefined) return environment.password;
  if (!stdin.isTTY) {
    throw new UsageError('No password: set PARLEY_PASSWORD, or run this in a terminal to be asked for it.');
  }
  // On stderr, so that stdout holds the answer and nothing else.
  return password(
    { message: `Password of ${email}:`, mask: true },
    { input: stdin, output: process.stderr, signal },
  );
}
