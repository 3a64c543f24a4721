// `parley restore`: fills an empty database from a backup, or replaces what the database holds.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { checkSecrets, createSecretBox } from '@parley/api';
import { restoreBackup, type RestoreStep } from '@parley/db';
import { keptSecrets } from '@parley/server/kept-secrets';
import type { CommandContext } from '../command-context.ts';
import type { Environment } from '../environment.ts';
import { printResult } from '../print-result.ts';
import { readKeys } from './read-keys.ts';
import { chooseDatabase, type CreatingOptions, type DatabaseLocation } from './choose-database.ts';
import { explainDatabaseError, withDatabase } from './with-database.ts';

export interface RestoreCommandOptions extends CreatingOptions {
  replace?: true;
}

export async function restore(
  file: string,
  options: RestoreCommandOptions,
  context: CommandContext,
): Promise<void> {
  const { terminal, environment, signal } = context;
  const location = chooseDatabase(options, context);
  const keys = await findKeys(environment);
  terminal.note(`Checking ${file}.`);
  const { createdAt, tables, migrated } = await restoreBackup(location, file, {
    replace: options.replace === true,
    signal,
    onProgress: (step) => terminal.note(describe(step)),
  }).catch((error: unknown) => {
    throw explainDatabaseError(error);
  });
  if (migrated.length > 0) terminal.note(`Migrated from an older version: ${migrated.join(', ')}.`);
  const unreadableSecrets = await checkKeys(location, keys);
  terminal.note(explainSecrets(unreadableSecrets));
  const rows = Object.values(tables).reduce((sum, number) => sum + number, 0);
  const text = `Restored ${count(rows)} rows of ${createdAt}. Start the server.`;
  printResult(terminal, options, { file, createdAt, tables, migrated, unreadableSecrets }, text);
}

function describe(step: RestoreStep): string {
  return step.kind === 'checked'
    ? `The backup of ${step.createdAt} is complete: ${count(step.rows)} rows.`
    : `${step.table}: ${count(step.rows)} rows`;
}

/** Finds the keys that a start of the server would use, but creates none. */
async function findKeys({ encryptionKey, dataDir }: Environment): Promise<readonly Uint8Array[] | undefined> {
  if (encryptionKey !== undefined) return readKeys(encryptionKey);
  if (!existsSync(path.join(dataDir, 'secrets.json'))) return undefined;
  return [(await keptSecrets(dataDir)).encryptionKey];
}

/** Counts the stored secrets that no key opens. With no key, that is undefined, or 0 if there are no secrets. */
async function checkKeys(
  location: DatabaseLocation,
  keys: readonly Uint8Array[] | undefined,
): Promise<number | undefined> {
  // Any key tells whether there are secrets at all.
  const box = createSecretBox(keys ?? [new Uint8Array(32)]);
  const { unreadable } = await withDatabase(location, (db) => checkSecrets(db, box));
  return keys === undefined && unreadable > 0 ? undefined : unreadable;
}

function explainSecrets(unreadable: number | undefined): string {
  if (unreadable === undefined)
    return 'Not checked: the webhook secrets in the backup. Set ENCRYPTION_KEY to the value of the server that wrote it (or the encryptionKey of its .parley/secrets.json), and run parley doctor.';
  if (unreadable === 0) return 'The configured key opens all stored webhook secrets.';
  return `WARNING: ${unreadable} stored webhook secrets are encrypted with a key that is not in ENCRYPTION_KEY. Append the key of the server that wrote the backup (ENCRYPTION_KEY=new,old; a tryout has it as encryptionKey in .parley/secrets.json), or ask the agents' admins to enter the secrets again. parley doctor checks them again.`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}
