import type { DB } from '@parley/db';
import type { Kysely } from 'kysely';
import type { Authentication } from '../auth/credential.ts';
import { lockAdmin } from '../auth/lock-actor.ts';

/** An admin who acts on the own team, or an operator of the server, who acts on any. */
export type TeamActor = Authentication | OperatorActor;

interface OperatorActor {
  operatorOf: { teamId: string };
}

/** The team, and the user for the audit log: null for an operator. */
export function describeActor(actor: TeamActor): { teamId: string; actorId: string | null } {
  if ('operatorOf' in actor) return { teamId: actor.operatorOf.teamId, actorId: null };
  return { teamId: actor.user.teamId, actorId: actor.user.id };
}

/** @throws DomainError if the actor is no longer an admin: see `lockAdmin` */
export async function lockTeamActor(trx: Kysely<DB>, actor: TeamActor): Promise<void> {
  if (!('operatorOf' in actor)) await lockAdmin(trx, actor);
}
