// `parley team create`.
import { createTeam as createTeamInDatabase, SlugTakenError } from '@parley/api';
import { z } from 'zod';
import type { CommandContext } from '../command-context.ts';
import { CommandError, UsageError } from '../command-error.ts';
import { printResult } from '../print-result.ts';
import { readPassword } from '../read-password.ts';
import { chooseDatabase, type CreatingOptions } from './choose-database.ts';
import { withDatabase } from './with-database.ts';

export interface CreateTeamOptions extends CreatingOptions {
  adminEmail: string;
  slug?: string;
}

export async function createTeam(
  name: string,
  options: CreateTeamOptions,
  context: CommandContext,
): Promise<void> {
  const { adminEmail, slug = slugOf(name) } = options;
  // Before the prompt: a password is typed for the right database.
  const location = chooseDatabase(options, context);
  const password = await readPassword(adminEmail, context);
  const { id } = await withDatabase(location, (db) =>
    createTeamInDatabase(db, { name, slug, admin: { email: adminEmail, password } }).catch(
      (error: unknown) => {
        throw explain(error);
      },
    ),
  );
  const text = `Created the team ${slug} (${id}). Its admin logs in as ${adminEmail}.`;
  printResult(context.terminal, options, { id, slug }, text);
}

/** Translates the error for the command line. */
function explain(error: unknown): unknown {
  if (error instanceof SlugTakenError) return new CommandError(error.message, { reason: 'SLUG_TAKEN' });
  if (!(error instanceof z.ZodError)) return error;
  return new UsageError(error.issues.map(({ path, message }) => `${path.join(' ')} ${message}`).join('; '));
}

function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63);
}
