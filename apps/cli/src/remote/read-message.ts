import { text } from 'node:stream/consumers';
import { UsageError } from '../command-error.ts';

/** Returns the argument or, for `-`, all of stdin without its last newline. */
export async function readMessage(
  argument: string,
  { stdin }: { stdin: NodeJS.ReadableStream },
): Promise<string> {
  const message = argument === '-' ? (await text(stdin)).replace(/\r?\n$/, '') : argument;
  if (message.trim() === '') throw new UsageError('The message is empty.');
  return message;
}
