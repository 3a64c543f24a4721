// `parley backup`: writes all rows of the database to a file, while servers keep running.
import { writeBackup } from '@parley/db';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import { printResult } from '../print-result.ts';
import { chooseDatabase } from './choose-database.ts';
import { explainDatabaseError } from './with-database.ts';

export async function backup(file: string, options: OutputOptions, context: CommandContext): Promise<void> {
  const { terminal, signal } = context;
  const { tables, bytes } = await writeBackup(chooseDatabase(options, context), file, {
    signal,
    onProgress: ({ table, rows }) => terminal.note(`${table}: ${count(rows)} rows`),
  }).catch((error: unknown) => {
    throw explainDatabaseError(error);
  });
  terminal.note(
    'Other users of this machine cannot read the file. The secrets (ENCRYPTION_KEY, JWT_SECRET) are not in it: keep them too, in another place.',
  );
  const rows = Object.values(tables).reduce((sum, number) => sum + number, 0);
  const text = `Wrote ${count(rows)} rows to ${file} (${count(bytes)} bytes).`;
  printResult(terminal, options, { file, bytes, tables }, text);
}

function count(number: number): string {
  return number.toLocaleString('en');
}
