// `parley rotate-key`: seals the stored webhook tokens and signing secrets with the first key of ENCRYPTION_KEY.
import { createSecretBox, rotateSecrets } from '@parley/api';
import { ConfigError, readEncryptionKeys } from '@parley/server/config';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { printResult } from '../print-result.ts';
import { withDatabase } from './with-database.ts';

export async function rotateKey(
  options: OutputOptions,
  { terminal, environment }: CommandContext,
): Promise<void> {
  const box = createSecretBox(readKeys(environment.encryptionKey));
  const { rotated } = await withDatabase(environment, (db) =>
    rotateSecrets(db, box, (count) => terminal.note(`Sealed ${count} so far.`)).catch((cause: unknown) => {
      // It has no reason of its own, and those of the database are not secrets.
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new CommandError(
        `The rotation stopped; what was done stays done, and it can be run again: ${message}.`,
        { reason: 'ROTATION_STOPPED', cause },
      );
    }),
  );
  const text = `Sealed ${rotated} secrets anew. All are sealed with the first key now: the others can be removed from ENCRYPTION_KEY.`;
  printResult(terminal, options, { rotated }, text);
}

function readKeys(variable: string | undefined): readonly Uint8Array[] {
  if (variable === undefined) {
    throw new UsageError(
      'Set ENCRYPTION_KEY as the server has it: the new key first, then the old ones, with commas between them.',
    );
  }
  try {
    return readEncryptionKeys(variable);
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message) : error;
  }
}
