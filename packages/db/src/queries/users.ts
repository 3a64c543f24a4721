import { sql, type Insertable, type Kysely } from 'kysely';
import type { DB, Users } from '../generated/database.ts';

export interface UserWithTeam {
  id: string;
  email: string;
  displayName: string;
  role: 'user' | 'admin';
  isActive: boolean;
  teamId: string;
  teamSlug: string;
  teamName: string;
}

export async function insert(
  db: Kysely<DB>,
  user: Pick<Insertable<Users>, 'teamId' | 'id' | 'email' | 'displayName' | 'role' | 'passwordHash'>,
): Promise<void> {
  await db.insertInto('users').values(user).execute();
}

/**
 * Active accounts with this lower-case email, in every team or in the team with this slug or id. The oldest come first,
 * so that accounts registered elsewhere with the same email cannot push a person's account out of the limit.
 */
export async function listByEmail(
  db: Kysely<DB>,
  { email, team, limit }: { email: string; team?: string | undefined; limit: number },
): Promise<(UserWithTeam & { passwordHash: string })[]> {
  let query = db
    .selectFrom('users as u')
    .innerJoin('teams as t', 't.id', 'u.teamId')
    .select([
      'u.id',
      'u.email',
      'u.displayName',
      'u.role',
      'u.isActive',
      'u.passwordHash',
      't.id as teamId',
      't.slug as teamSlug',
      't.name as teamName',
    ])
    .where('u.email', '=', email)
    .where('u.isActive', '=', true);
  if (team !== undefined) {
    query = query.where((eb) =>
      eb.or([eb('t.slug', '=', team), eb(eb.cast<string>('t.id', 'text'), '=', team.toLowerCase())]),
    );
  }
  return query.orderBy('u.createdAt').orderBy('u.id').limit(limit).execute();
}

export async function hasAny(db: Kysely<DB>, teamId: string): Promise<boolean> {
  const user = await db
    .selectFrom('users')
    .select('id')
    .where('teamId', '=', teamId)
    .limit(1)
    .executeTakeFirst();
  return user !== undefined;
}

export async function findPasswordHash(
  db: Kysely<DB>,
  { teamId, id }: { teamId: string; id: string },
): Promise<string | undefined> {
  const user = await db
    .selectFrom('users')
    .select('passwordHash')
    .where('teamId', '=', teamId)
    .where('id', '=', id)
    .executeTakeFirst();
  return user?.passwordHash;
}

/**
 * Locks an active user whose password still has this hash until the transaction ends: no other transaction
 * changes the password or disables the user meanwhile. Returns false if that has already happened.
 */
export async function lockWithPassword(
  trx: Kysely<DB>,
  { teamId, id, passwordHash }: { teamId: string; id: string; passwordHash: string },
): Promise<boolean> {
  const user = await trx
    .selectFrom('users')
    .select('id')
    .where('teamId', '=', teamId)
    .where('id', '=', id)
    .where('passwordHash', '=', passwordHash)
    .where('isActive', '=', true)
    .forShare()
    .executeTakeFirst();
  return user !== undefined;
}

/** Changes nothing and returns false if the password hash is no longer `fromHash`. */
export async function updatePassword(
  db: Kysely<DB>,
  change: { teamId: string; id: string; fromHash: string; passwordHash: string },
): Promise<boolean> {
  const { teamId, id, fromHash, passwordHash } = change;
  const { numUpdatedRows } = await db
    .updateTable('users')
    .set({ passwordHash, updatedAt: sql<string>`now()` })
    .where('teamId', '=', teamId)
    .where('id', '=', id)
    .where('passwordHash', '=', fromHash)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
