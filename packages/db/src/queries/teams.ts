import { sql, type Insertable, type Kysely, type Selectable, type Updateable } from 'kysely';
import type { DB, Teams } from '../generated/database.ts';

export interface TeamRow {
  id: string;
  slug: string;
  name: string;
  isRegistrationOpen: boolean;
  createdAt: string;
}

const teamColumns = ['id', 'slug', 'name', 'isRegistrationOpen', 'createdAt'] as const;

export async function insert(
  db: Kysely<DB>,
  team: Pick<Insertable<Teams>, 'id' | 'slug' | 'name' | 'isRegistrationOpen'>,
): Promise<void> {
  await db.insertInto('teams').values(team).execute();
}

export async function find(db: Kysely<DB>, id: string): Promise<TeamRow | undefined> {
  return db.selectFrom('teams').select(teamColumns).where('id', '=', id).executeTakeFirst();
}

export async function findBySlug(db: Kysely<DB>, slug: string): Promise<TeamRow | undefined> {
  return db.selectFrom('teams').select(teamColumns).where('slug', '=', slug).executeTakeFirst();
}

export async function get(db: Kysely<DB>, id: string): Promise<TeamRow> {
  return db.selectFrom('teams').select(teamColumns).where('id', '=', id).executeTakeFirstOrThrow();
}

/** Updates the given columns. */
export async function update(
  db: Kysely<DB>,
  id: string,
  changes: Pick<Updateable<Teams>, 'name' | 'isRegistrationOpen'>,
): Promise<TeamRow> {
  return db
    .updateTable('teams')
    .set({ ...changes, updatedAt: sql<string>`now()` })
    .where('id', '=', id)
    .returning(teamColumns)
    .executeTakeFirstOrThrow();
}

/** Locks the team's row, to serialize changes that depend on other rows of the team, such as who is the first user. */
export async function lock(trx: Kysely<DB>, id: string): Promise<TeamRow | undefined> {
  return trx.selectFrom('teams').select(teamColumns).where('id', '=', id).forNoKeyUpdate().executeTakeFirst();
}

/** The ids of all teams in order. `afterId` is the last id of the previous page. */
export async function listIds(
  db: Kysely<DB>,
  { afterId, limit }: { afterId?: string | undefined; limit: number },
): Promise<string[]> {
  let query = db.selectFrom('teams').select('id');
  if (afterId !== undefined) query = query.where('id', '>', afterId);
  const teams = await query.orderBy('id').limit(limit).execute();
  return teams.map(({ id }) => id);
}

/** All teams in the order of their ids, each with its number of active users. */
export async function list(
  db: Kysely<DB>,
  { afterId, limit }: { afterId?: string | undefined; limit: number },
): Promise<(TeamRow & { activeUsers: number })[]> {
  let query = db
    .selectFrom('teams')
    .select(teamColumns)
    .select((eb) =>
      eb
        .selectFrom('users')
        .select((inner) => inner.cast<number>(inner.fn.countAll(), 'integer').as('count'))
        .whereRef('users.teamId', '=', 'teams.id')
        .where('users.isActive', '=', true)
        .$asScalar()
        .$notNull()
        .as('activeUsers'),
    );
  if (afterId !== undefined) query = query.where('id', '>', afterId);
  return query.orderBy('id').limit(limit).execute();
}

/** Whether the database has any team. */
export async function hasAny(db: Kysely<DB>): Promise<boolean> {
  const team: Pick<Selectable<Teams>, 'id'> | undefined = await db
    .selectFrom('teams')
    .select('id')
    .limit(1)
    .executeTakeFirst();
  return team !== undefined;
}
