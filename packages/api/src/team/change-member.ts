// What admins do to the accounts of their team. It acts with the next request: role and state are read with each.
import {
  deleteSessionsOfUser,
  findMember,
  hasOtherAdmin,
  lockTeam,
  updateMember,
  type DB,
  type MemberRow,
} from '@parley/db';
import type { Kysely } from 'kysely';
import { recordAudit } from '../audit/record-audit.ts';
import { DomainError } from '../errors.ts';
import type { Services } from '../services.ts';
import type { TeamActor } from './team-actor.ts';

/** @throws DomainError MEMBER_NOT_FOUND, LAST_ADMIN */
export async function setRole(
  { db }: Pick<Services, 'db'>,
  admin: TeamActor,
  { userId, role }: { userId: string; role: 'user' | 'admin' },
): Promise<MemberRow> {
  return db.transaction().execute(async (trx) => {
    const before = await lockMember(trx, admin.teamId, userId);
    if (role !== 'admin') await keepAnAdmin(trx, admin.teamId, before);
    const after = await changeMember(trx, admin.teamId, userId, { role });
    await recordAudit(trx, {
      teamId: admin.teamId,
      actorId: admin.id,
      action: 'team.setRole',
      targetId: userId,
      details: { from: before.role, to: role },
    });
    return after;
  });
}

/**
 * Disables an account, which ends its sessions, or enables it again. Its API keys rest while it is disabled.
 * @throws DomainError MEMBER_NOT_FOUND, LAST_ADMIN
 */
export async function setActive(
  { db }: Pick<Services, 'db'>,
  admin: TeamActor,
  { userId, isActive }: { userId: string; isActive: boolean },
): Promise<MemberRow> {
  const { teamId } = admin;
  return db.transaction().execute(async (trx) => {
    const before = await lockMember(trx, teamId, userId);
    if (!isActive) {
      await keepAnAdmin(trx, teamId, before);
      await deleteSessionsOfUser(trx, { teamId, userId });
    }
    const after = await changeMember(trx, teamId, userId, { is_active: isActive });
    await recordAudit(trx, {
      teamId,
      actorId: admin.id,
      action: 'team.setActive',
      targetId: userId,
      details: { from: before.isActive, to: isActive },
    });
    return after;
  });
}

/** The team's lock lets one change through at a time: two admins who demote each other cannot both succeed. */
async function lockMember(trx: Kysely<DB>, teamId: string, id: string): Promise<MemberRow> {
  await lockTeam(trx, teamId);
  const member = await findMember(trx, { teamId, id });
  if (member === undefined) throw memberNotFound();
  return member;
}

async function keepAnAdmin(trx: Kysely<DB>, teamId: string, member: MemberRow): Promise<void> {
  if (member.role !== 'admin' || !member.isActive) return;
  if (await hasOtherAdmin(trx, { teamId, id: member.id })) return;
  throw new DomainError('LAST_ADMIN', 'A team needs an active admin. Make somebody else an admin first.');
}

async function changeMember(
  trx: Kysely<DB>,
  teamId: string,
  id: string,
  changes: { role?: 'user' | 'admin'; is_active?: boolean },
): Promise<MemberRow> {
  const member = await updateMember(trx, { teamId, id }, changes);
  if (member === undefined) throw memberNotFound();
  return member;
}

/** The same for a user of another team as for none. */
function memberNotFound(): DomainError {
  return new DomainError('MEMBER_NOT_FOUND', 'There is no such user in this team.');
}
