// `parley migrate`: migrates the database as a start of the server does.
import type { CommandContext } from '../command-context.ts';
import { printResult } from '../print-result.ts';
import { chooseDatabase, type CreatingOptions } from './choose-database.ts';
import { withDatabase } from './with-database.ts';

export async function migrate(options: CreatingOptions, context: CommandContext): Promise<void> {
  const { terminal } = context;
  const location = chooseDatabase(options, context);
  const applied: string[] = [];
  terminal.note('Migrating. If another process is migrating the database, this waits for it.');
  await withDatabase(
    location,
    async () => {},
    (files) => applied.push(...files),
  );
  const text = applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`;
  printResult(terminal, options, { applied }, text);
}
