import password from '@inquirer/password';
import { UsageError } from './usage-error.ts';

/** @param given from the environment; otherwise the user is asked, without an echo */
export async function readPassword(
  email: string,
  {
    password: given,
    stdin,
    signal,
  }: { password: string | undefined; stdin: NodeJS.ReadStream; signal: AbortSignal },
): Promise<string> {
  if (given !== undefined) return given;
  if (!stdin.isTTY) {
    throw new UsageError('No password: set PARLEY_PASSWORD, or run this in a terminal to be asked for it.');
  }
  // On stderr, so that stdout holds the answer and nothing else.
  return password(
    { message: `Password of ${email}:`, mask: true },
    { input: stdin, output: process.stderr, signal },
  );
}
