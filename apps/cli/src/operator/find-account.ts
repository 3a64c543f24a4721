// Finds a team by its slug or id, and a user by the email.
import { canonicalEmail } from '@parley/api';
import { forTeam, members, teams, type DB, type MemberRow, type TeamRow } from '@parley/db';
import type { Kysely } from 'kysely';
import { CommandError } from '../command-error.ts';

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** @throws CommandError TEAM_NOT_FOUND */
export async function getTeam(db: Kysely<DB>, slugOrId: string): Promise<TeamRow> {
  const team = uuid.test(slugOrId) ? await teams.find(db, slugOrId) : await teams.findBySlug(db, slugOrId);
  if (team !== undefined) return team;
  throw new CommandError(`There is no team "${slugOrId}". To list the teams: parley team list`, {
    reason: 'TEAM_NOT_FOUND',
  });
}

/** @throws CommandError TEAM_NOT_FOUND, USER_NOT_FOUND */
export async function getMember(
  db: Kysely<DB>,
  { team: slugOrId, email }: { team: string; email: string },
): Promise<{ team: TeamRow; member: MemberRow }> {
  const team = await getTeam(db, slugOrId);
  const key = { teamId: team.id, email: canonicalEmail(email.trim()) };
  const member = await members.findByEmail(forTeam(db, team.id), key);
  if (member !== undefined) return { team, member };
  throw new CommandError(
    `The team ${team.slug} has no user ${email}. To invite a user: parley user invite --team ${team.slug}`,
    { reason: 'USER_NOT_FOUND' },
  );
}
