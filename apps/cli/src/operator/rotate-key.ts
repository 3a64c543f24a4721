// `parley rotate-key`: encrypts the stored webhook tokens and signing secrets with the first key of ENCRYPTION_KEY.
import { createSecretBox, rotateSecrets } from '@parley/api';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { printResult } from '../print-result.ts';
import { readKeys } from './read-keys.ts';
import { chooseDatabase } from './choose-database.ts';
import { withDatabase } from './with-database.ts';

export async function rotateKey(options: OutputOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const { encryptionKey } = context.environment;
  if (encryptionKey === undefined) {
    throw new UsageError(
      "Set ENCRYPTION_KEY to the server's value: the new key first, then the old ones, separated by commas.",
    );
  }
  const box = createSecretBox(readKeys(encryptionKey));
  const { rotated } = await withDatabase(chooseDatabase(options, context), (db) =>
    rotateSecrets(db, box, (count) => terminal.note(`Encrypted ${count} so far.`)).catch((cause: unknown) => {
      // The error has no reason, and messages of the database contain no secrets.
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new CommandError(
        `The rotation stopped: ${message}. Completed work is kept; run the command again to continue.`,
        { reason: 'ROTATION_STOPPED', cause },
      );
    }),
  );
  const text = `Encrypted ${rotated} secrets with the first key. The other keys can now be removed from ENCRYPTION_KEY.`;
  printResult(terminal, options, { rotated }, text);
}
