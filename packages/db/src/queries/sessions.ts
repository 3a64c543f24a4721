// A request's session is found by the SHA-256 of the id in its cookie, before the team is known.
import { sql, type Insertable, type Kysely } from 'kysely';
import type { DB, Sessions } from '../generated/database.ts';
import type { UserWithTeam } from './users.ts';

export interface SessionRow {
  idHash: string;
  teamId: string;
  userId: string;
  userAgent: string | null;
  expiresAt: string;
  createdAt: string;
}

const sessionColumns = [
  's.id as idHash',
  's.teamId',
  's.userId',
  's.userAgent',
  's.expiresAt',
  's.createdAt',
] as const;

export async function insert(
  db: Kysely<DB>,
  session: Pick<Insertable<Sessions>, 'teamId' | 'id' | 'userId' | 'userAgent' | 'expiresAt'>,
): Promise<void> {
  await db.insertInto('sessions').values(session).execute();
}

/** A session with its user, even if it has expired. */
export async function findWithUser(
  db: Kysely<DB>,
  idHash: string,
): Promise<{ session: SessionRow; user: UserWithTeam } | undefined> {
  const row = await db
    .selectFrom('sessions as s')
    .innerJoin('users as u', (join) => join.onRef('u.teamId', '=', 's.teamId').onRef('u.id', '=', 's.userId'))
    .innerJoin('teams as t', 't.id', 's.teamId')
    .select(sessionColumns)
    .select(['u.email', 'u.displayName', 'u.role', 'u.isActive', 't.slug as teamSlug', 't.name as teamName'])
    .where('s.id', '=', idHash)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { email, displayName, role, isActive, teamSlug, teamName, ...session } = row;
  const { userId: id, teamId } = session;
  return { session, user: { id, email, displayName, role, isActive, teamId, teamSlug, teamName } };
}

/** A user's unexpired sessions, newest first. `before` is the last session of the previous page. */
export async function listOfUser(
  db: Kysely<DB>,
  page: {
    teamId: string;
    userId: string;
    before?: { createdAt: string; id: string } | undefined;
    limit: number;
  },
): Promise<SessionRow[]> {
  const { teamId, userId, before, limit } = page;
  let query = db
    .selectFrom('sessions as s')
    .select(sessionColumns)
    .where('s.teamId', '=', teamId)
    .where('s.userId', '=', userId)
    .where('s.expiresAt', '>', (eb) => eb.fn<string>('now'));
  if (before !== undefined) {
    query = query.where((eb) =>
      eb(eb.refTuple('s.createdAt', 's.id'), '<', eb.tuple(before.createdAt, before.id)),
    );
  }
  return query.orderBy('s.createdAt', 'desc').orderBy('s.id', 'desc').limit(limit).execute();
}

/** Sets a session's expiry, but at most `maxAgeSeconds` after its creation. Returns whether the session exists. */
export async function updateExpiry(
  db: Kysely<DB>,
  { idHash, expiresAt, maxAgeSeconds }: { idHash: string; expiresAt: string; maxAgeSeconds: number },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('sessions')
    .set({
      expiresAt: sql<string>`least(${expiresAt}::timestamptz, created_at + make_interval(secs => ${maxAgeSeconds}))`,
    })
    .where('id', '=', idHash)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

async function deleteSession(db: Kysely<DB>, idHash: string): Promise<void> {
  await db.deleteFrom('sessions').where('id', '=', idHash).execute();
}
export { deleteSession as delete };

/** Returns whether the user had such a session. */
export async function deleteOfUser(
  db: Kysely<DB>,
  { teamId, userId, idHash }: { teamId: string; userId: string; idHash: string },
): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('sessions')
    .where('teamId', '=', teamId)
    .where('userId', '=', userId)
    .where('id', '=', idHash)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Deletes every session of a user, except the one with `exceptIdHash`. */
export async function deleteAllOfUser(
  db: Kysely<DB>,
  { teamId, userId, exceptIdHash }: { teamId: string; userId: string; exceptIdHash?: string | undefined },
): Promise<void> {
  let query = db.deleteFrom('sessions').where('teamId', '=', teamId).where('userId', '=', userId);
  if (exceptIdHash !== undefined) query = query.where('id', '<>', exceptIdHash);
  await query.execute();
}

export async function deleteExpired(db: Kysely<DB>): Promise<void> {
  await db
    // Two transactions that delete the same rows in different orders deadlock.
    .with('expired', (qb) =>
      qb
        .selectFrom('sessions')
        .select(['teamId', 'id'])
        .where('expiresAt', '<', (eb) => eb.fn<string>('now'))
        .forUpdate()
        .skipLocked(),
    )
    .deleteFrom('sessions as s')
    .using('expired')
    .whereRef('s.teamId', '=', 'expired.teamId')
    .whereRef('s.id', '=', 'expired.id')
    .execute();
}
