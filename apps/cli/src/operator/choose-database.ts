// Chooses the database of an operator's command, and says which one it is.
import { hasEmbeddedDatabase, hasUnencodedPassword, nameOfPostgres, UNENCODED_PASSWORD } from '@parley/db';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import { CommandError, UsageError } from '../command-error.ts';
import type { Environment } from '../environment.ts';
import { exitCode } from '../exit-code.ts';

export type DatabaseLocation = { url: string } | { dataDir: string };

/** Options of the commands that may create a database. */
export interface CreatingOptions extends OutputOptions {
  /** Create the embedded database if there is none. */
  embedded?: true;
}

/**
 * Prints the database's name, unless the output is JSON.
 * @throws UsageError for a malformed DATABASE_URL; CommandError NO_DATABASE if there is neither DATABASE_URL nor an
 *   embedded database, since a shell without the server's settings would otherwise get an empty one
 */
export function chooseDatabase(options: CreatingOptions, context: CommandContext): DatabaseLocation {
  const { databaseUrl, dataDir } = context.environment;
  if (databaseUrl !== undefined) {
    if (hasUnencodedPassword(databaseUrl)) throw new UsageError(`DATABASE_URL ${UNENCODED_PASSWORD}.`);
    if (options.embedded === true) {
      throw new UsageError('--embedded is for the embedded database, but DATABASE_URL is set. Unset one.');
    }
  } else if (options.embedded !== true && !hasEmbeddedDatabase(dataDir)) {
    throw new CommandError(
      `DATABASE_URL is not set, and there is no embedded database in ${dataDir}. Set DATABASE_URL (or PARLEY_DATA_DIR) as for the server. The commands team create, migrate and restore create an embedded database with --embedded.`,
      { reason: 'NO_DATABASE', exitCode: exitCode.usage },
    );
  }
  noteDatabase(options, context);
  return databaseUrl === undefined ? { dataDir } : { url: databaseUrl };
}

/** With JSON, a failure is all that stderr has to contain. */
export function noteDatabase({ json }: OutputOptions, { terminal, environment }: CommandContext): void {
  if (json !== true) terminal.note(`Database: ${nameOfDatabase(environment)}`);
}

function nameOfDatabase({ databaseUrl, dataDir }: Environment): string {
  if (databaseUrl === undefined) return `the embedded one in ${dataDir}`;
  return nameOfPostgres(databaseUrl) ?? 'DATABASE_URL';
}
