// What admins do to the accounts of their team. It acts with the next request: role and state are read with each.
import { members, teams, type DB, type MemberRow } from '@parley/db';
import type { Kysely } from 'kysely';
import { DomainError } from '../errors.ts';

/** The team's lock lets one change through at a time: two admins who demote each other cannot both succeed. */
export async function lockMember(trx: Kysely<DB>, teamId: string, id: string): Promise<MemberRow> {
  await teams.lock(trx, teamId);
  const member = await members.find(trx, { teamId, id });
  if (member === undefined) throw memberNotFound();
  return member;
}

export async function keepAnAdmin(trx: Kysely<DB>, teamId: string, member: MemberRow): Promise<void> {
  if (member.role !== 'admin' || !member.isActive) return;
  if (await members.hasOtherAdmin(trx, { teamId, id: member.id })) return;
  throw new DomainError('LAST_ADMIN', 'A team needs an active admin. Make somebody else an admin first.');
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

/** The same for a user of another team as for none. */
function memberNotFound(): DomainError {
  return new DomainError('MEMBER_NOT_FOUND', 'There is no such user in this team.');
}
