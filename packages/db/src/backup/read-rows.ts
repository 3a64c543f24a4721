// Reads the rows of all teams page by page, in constant memory.
import type { MigrationSession } from '../migrate.ts';
import { enterScope } from '../scope.ts';

export interface SavedTable {
  name: string;
  columns: string[];
  /**
   * The role that sees the rows. Row-level security hides them even from the tables' owner, so parley_system reads the
   * tables that it may see as a whole, and parley_app the others, team by team. `none`: the login itself sees all rows.
   */
  readBy: 'none' | 'parley_system' | 'parley_app';
}

const PAGE_ROWS = 500;
/** A longer row is read by itself: a page of rows with 1 MB each would not fit into memory. */
const MAX_PAGED_BYTES = 32 * 1024;

/** Lists the given tables that exist. Columns that Postgres computes are left out. */
export function listSavedTables(session: MigrationSession, names: readonly string[]): Promise<SavedTable[]> {
  return session.select<SavedTable>(
    `select c.relname as name,
       (select json_agg(a.attname order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
       case
         when not c.relrowsecurity or (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) then 'none'
         when has_table_privilege('parley_system', c.oid, 'select') and exists (
           select from pg_policy p where p.polrelid = c.oid and p.polpermissive and p.polcmd in ('*', 'r')
             and p.polroles = array['parley_system'::regrole::oid] and pg_get_expr(p.polqual, p.polrelid) = 'true'
         ) then 'parley_system'
         else 'parley_app'
       end as "readBy"
     from pg_class c
     where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname = any (array(select json_array_elements_text($1::json)))
     order by c.relname`,
    [JSON.stringify(names)],
  );
}

/** Ids of all teams, for the tables that are read team by team. */
export async function listTeamIds(
  session: MigrationSession,
  tables: readonly SavedTable[],
): Promise<string[]> {
  const teams = tables.find(({ name }) => name === 'teams');
  if (teams === undefined) return [];
  await enter(session, teams.readBy, '');
  const rows = await session.select<{ id: string }>('select id::text as id from teams order by id');
  await enter(session, 'none', '');
  return rows.map(({ id }) => id);
}

/** Yields pages of rows as JSON arrays of texts. Runs in a transaction that sees one snapshot. */
export async function* readRows(
  session: MigrationSession,
  table: SavedTable,
  teamIds: readonly string[],
): AsyncGenerator<string[]> {
  const scopes = table.readBy === 'parley_app' ? teamIds : [''];
  for (const teamId of scopes) {
    await enter(session, table.readBy, teamId);
    yield* readVisibleRows(session, table);
    await enter(session, 'none', '');
  }
}

async function enter(session: MigrationSession, role: SavedTable['readBy'], teamId: string): Promise<void> {
  await session.select(enterScope, [role, teamId]);
  // Any filter that is left then fails instead of hiding rows.
  await session.execute(`set local row_security = ${role === 'none' ? 'off' : 'on'}`);
}

async function* readVisibleRows(
  session: MigrationSession,
  { name, columns }: SavedTable,
): AsyncGenerator<string[]> {
  const line = `json_build_array(${columns.map((column) => `${quote(column)}::text`).join(', ')})::text`;
  // `offset 0` makes Postgres build each line once.
  await session.execute(
    `declare parley_rows no scroll cursor for
     select case when octet_length(line) <= ${MAX_PAGED_BYTES} then line end as line, id
     from (select ${line} as line, ctid::text as id from ${quote(name)} offset 0) rows`,
  );
  for (;;) {
    const rows = await session.select<{ line: string | null; id: string }>(
      `fetch ${PAGE_ROWS} from parley_rows`,
    );
    let page: string[] = [];
    for (const row of rows) {
      if (row.line !== null) {
        page.push(row.line);
        continue;
      }
      if (page.length > 0) yield page;
      page = [];
      // A row keeps its ctid for as long as the snapshot lasts.
      const [long] = await session.select<{ line: string }>(
        `select ${line} as line from ${quote(name)} where ctid = $1::tid`,
        [row.id],
      );
      if (long === undefined) throw new Error(`A row of ${name} has vanished from the snapshot.`);
      yield [long.line];
    }
    if (page.length > 0) yield page;
    if (rows.length < PAGE_ROWS) break;
  }
  await session.execute('close parley_rows');
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
