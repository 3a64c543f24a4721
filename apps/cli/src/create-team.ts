// `parley team create`: for whoever runs the server, directly on its database.
import { createTeam as createTeamInDatabase } from '@parley/api';
import { open } from '@parley/db';
import { z } from 'zod';
import type { CommandContext } from './chat.ts';
import { readPassword } from './read-password.ts';
import { UsageError } from './usage-error.ts';

export interface CreateTeamOptions {
  adminEmail: string;
  slug?: string;
  json?: true;
}

/** The database that the server uses. */
export interface DatabaseLocation {
  databaseUrl: string | undefined;
  dataDir: string;
}

/** @throws Error that says what cannot be used, and why */
export async function createTeam(
  name: string,
  { adminEmail, slug = slugOf(name), json }: CreateTeamOptions,
  { databaseUrl, dataDir }: DatabaseLocation,
  context: CommandContext,
): Promise<boolean> {
  const password = await readPassword(adminEmail, context);
  const db = await open(databaseUrl === undefined ? { dataDir } : { url: databaseUrl });
  try {
    const { id } = await createTeamInDatabase(db, { name, slug, admin: { email: adminEmail, password } });
    const { terminal } = context;
    if (json === true) terminal.write(`${JSON.stringify({ id, slug })}\n`);
    else terminal.write(`Made the team ${slug} (${id}). Its admin logs in as ${adminEmail}.\n`);
    return true;
  } catch (error) {
    throw error instanceof z.ZodError ? new UsageError(describeProblems(error)) : error;
  } finally {
    await db.destroy();
  }
}

/** In the words of the command line. */
function describeProblems(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join(' ')} ${message}`).join('; ');
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
