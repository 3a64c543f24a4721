// `parley migrate`: migrates the database as a start of the server does.
import type { CommandContext, OutputOptions } from '../command-context.ts';
import { printResult } from '../print-result.ts';
import { withDatabase } from './with-database.ts';

export async function migrate(
  options: OutputOptions,
  { terminal, environment }: CommandContext,
): Promise<void> {
  const applied: string[] = [];
  terminal.note('Migrating. If another process is migrating the database, this waits for it.');
  await withDatabase(
    environment,
    async () => {},
    (files) => applied.push(...files),
  );
  const text = applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`;
  printResult(terminal, options, { applied }, text);
}
