import { text } from 'node:stream/consumers';
import { UsageError } from '../command-error.ts';

/** The message as given or, for `-`, all of stdin without the newline at its end. */
export async function readMessage(
  argument: string,
  { stdin }: { stdin: NodeJS.ReadableStream },
): Promise<string> {
  const message = argument === '-' ? (await text(stdin)).replace(/\r?\n$/, '') : argument;
  if (message.trim() === '') throw new UsageError('The message is empty.');
  return message;
}
