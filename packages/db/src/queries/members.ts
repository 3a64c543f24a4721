// The users of a team from the point of view of its admins.
import { sql, type Kysely, type Updateable } from 'kysely';
import type { DB, Users } from '../generated/database.ts';

export interface MemberRow {
  id: string;
  email: string;
  displayName: string;
  role: 'user' | 'admin';
  isActive: boolean;
  createdAt: string;
}

const memberColumns = ['id', 'email', 'displayName', 'role', 'isActive', 'createdAt'] as const;

/** Newest first. `beforeId` is the last id of the previous page. */
export async function list(
  db: Kysely<DB>,
  { teamId, beforeId, limit }: { teamId: string; beforeId?: string | undefined; limit: number },
): Promise<MemberRow[]> {
  let query = db.selectFrom('users').select(memberColumns).where('teamId', '=', teamId);
  if (beforeId !== undefined) query = query.where('id', '<', beforeId);
  return query.orderBy('id', 'desc').limit(limit).execute();
}

export async function find(
  db: Kysely<DB>,
  { teamId, id }: { teamId: string; id: string },
): Promise<MemberRow | undefined> {
  return db
    .selectFrom('users')
    .select(memberColumns)
    .where('teamId', '=', teamId)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Finds a member by its login email, which is in lower case. */
export async function findByEmail(
  db: Kysely<DB>,
  { teamId, email }: { teamId: string; email: string },
): Promise<MemberRow | undefined> {
  return db
    .selectFrom('users')
    .select(memberColumns)
    .where('teamId', '=', teamId)
    .where('email', '=', email)
    .executeTakeFirst();
}

/** Updates the given columns. Returns undefined if the team has no such member. */
export async function update(
  db: Kysely<DB>,
  { teamId, id }: { teamId: string; id: string },
  changes: Pick<Updateable<Users>, 'role' | 'isActive'>,
): Promise<MemberRow | undefined> {
  return db
    .updateTable('users')
    .set({ ...changes, updatedAt: sql<string>`now()` })
    .where('teamId', '=', teamId)
    .where('id', '=', id)
    .returning(memberColumns)
    .executeTakeFirst();
}

/** Whether the team has an active admin besides this user. */
export async function hasOtherAdmin(
  db: Kysely<DB>,
  { teamId, id }: { teamId: string; id: string },
): Promise<boolean> {
  const admin = await db
    .selectFrom('users')
    .select('id')
    .where('teamId', '=', teamId)
    .where('id', '<>', id)
    .where('role', '=', 'admin')
    .where('isActive', '=', true)
    .limit(1)
    .executeTakeFirst();
  return admin !== undefined;
}
