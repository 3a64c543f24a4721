// `parley migrate`: what a start of the server does, without starting it.
import type { CommandContext, OutputOptions } from '../command-context.ts';
import { printResult } from '../print-result.ts';
import { withDatabase } from './with-database.ts';

export async function migrate(
  options: OutputOptions,
  { terminal, environment }: CommandContext,
): Promise<void> {
  const applied: string[] = [];
  terminal.note('Migrating. This waits for anybody else who does.');
  await withDatabase(
    environment,
    async () => {},
    (files) => applied.push(...files),
  );
  const text = applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`;
  printResult(terminal, options, { applied }, text);
}
