// Snapshots of the rows of a team or a user, for comparison before and after.
import type { DB } from '@parley/db';
import { sql, type Kysely } from 'kysely';
import type { OwnedObjects } from './objects.ts';

type Rows = Record<string, unknown[]>;

/** All rows of a team, in all tables with a team_id. */
export async function readRowsOfTeam(db: Kysely<DB>, teamId: string): Promise<Rows> {
  const rows: Rows = { teams: await read(db, sql`select * from teams where id = ${teamId}`) };
  for (const table of await tenantTables(db)) {
    rows[table] = await read(db, sql`select * from ${sql.table(table)} where team_id = ${teamId}`);
  }
  return rows;
}

/** All rows of a user, in the tables whose rows belong to users. */
export async function readRowsOfUser(db: Kysely<DB>, { teamId, ownerId }: OwnedObjects): Promise<Rows> {
  const rows: Rows = {
    messages: await read(
      db,
      sql`select m.* from messages m join chats c on c.team_id = m.team_id and c.id = m.chat_id
          where m.team_id = ${teamId} and c.user_id = ${ownerId}`,
    ),
  };
  for (const table of ['chats', 'runs', 'api_keys', 'sessions']) {
    const named = sql.table(table);
    rows[table] = await read(
      db,
      sql`select * from ${named} where team_id = ${teamId} and user_id = ${ownerId}`,
    );
  }
  return rows;
}

async function tenantTables(db: Kysely<DB>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.columns
    where table_schema = current_schema() and column_name = 'team_id' order by 1`.execute(db);
  return rows.map(({ name }) => name);
}

async function read(db: Kysely<DB>, query: ReturnType<typeof sql>): Promise<unknown[]> {
  const { rows } = await query.execute(db);
  return rows.map((row) => JSON.stringify(row)).toSorted();
}
