// Changes to a member's role and state. They apply with the member's next request, which reads both.
import { members, teams, type DB, type MemberRow } from '@parley/db';
import type { Kysely } from 'kysely';
import { DomainError } from '../errors.ts';
import { describeActor, lockTeamActor, type TeamActor } from './team-actor.ts';

/** The team's lock serializes changes: two admins who demote each other cannot both succeed. */
export async function lockMember(trx: Kysely<DB>, actor: TeamActor, id: string): Promise<MemberRow> {
  const { teamId } = describeActor(actor);
  await teams.lock(trx, teamId);
  await lockTeamActor(trx, actor);
  const member = await members.find(trx, { teamId, id });
  if (member === undefined) throw memberNotFound();
  return member;
}

export async function keepAnAdmin(trx: Kysely<DB>, teamId: string, member: MemberRow): Promise<void> {
  if (member.role !== 'admin' || !member.isActive) return;
  if (await members.hasOtherAdmin(trx, { teamId, id: member.id })) return;
  throw new DomainError('LAST_ADMIN', 'A team needs an active admin. Make another member an admin first.');
}

export async function changeMember(
  trx: Kysely<DB>,
  teamId: string,
  id: string,
  changes: { role?: 'user' | 'admin'; isActive?: boolean },
): Promise<MemberRow> {
  const member = await members.update(trx, { teamId, id }, changes);
  if (member === undefined) throw memberNotFound();
  return member;
}

/** Reads the same for a user of another team, so that ids cannot be probed. */
function memberNotFound(): DomainError {
  return new DomainError('MEMBER_NOT_FOUND', 'There is no such user in this team.');
}
