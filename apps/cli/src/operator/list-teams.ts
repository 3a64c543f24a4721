// `parley team list`.
import { teams, type DB } from '@parley/db';
import type { Kysely } from 'kysely';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import { formatTable, printResult } from '../print-result.ts';
import { chooseDatabase } from './choose-database.ts';
import { withDatabase } from './with-database.ts';

type Team = Awaited<ReturnType<typeof teams.list>>[number];

const PAGE_ITEMS = 500;

export async function listTeams(options: OutputOptions, context: CommandContext): Promise<void> {
  const found = await withDatabase(chooseDatabase(options, context), listAllTeams);
  const rows = found.map((team) => [
    ...[team.slug, team.name, String(team.activeUsers), team.isRegistrationOpen ? 'open' : 'by invite'],
    team.id,
  ]);
  const text =
    rows.length === 0
      ? 'There are no teams. To create one: parley team create <name> --admin-email <email>'
      : formatTable(['SLUG', 'NAME', 'USERS', 'REGISTRATION', 'ID'], rows);
  printResult(context.terminal, options, found, text);
}

async function listAllTeams(db: Kysely<DB>): Promise<Team[]> {
  const found: Team[] = [];
  for (;;) {
    const page = await teams.list(db, { afterId: found.at(-1)?.id, limit: PAGE_ITEMS });
    found.push(...page);
    if (page.length < PAGE_ITEMS) return found;
  }
}
