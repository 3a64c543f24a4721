import password from '@inquirer/password';
import type { CommandContext } from './command-context.ts';
import { UsageError } from './command-error.ts';

/** Reads PARLEY_PASSWORD or, if it is not set, asks in the terminal without an echo. */
export async function readPassword(
  email: string,
  { environment, stdin, signal }: CommandContext,
): Promise<string> {
  if (environment.password !== undefined) return environment.password;
  if (!stdin.isTTY) {
    throw new UsageError(
      'No password: set PARLEY_PASSWORD, or run the command in a terminal, which asks for it.',
    );
  }
  // On stderr: stdout is for the command's result.
  return password(
    { message: `Password of ${email}:`, mask: true },
    { input: stdin, output: process.stderr, signal },
  );
}
