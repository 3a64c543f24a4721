// Every table is behind row-level security, and each role has exactly the rights listed here. A new table or right is a
// new line here, with its reason.
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../src/testing/index.ts';

/** Tables without row-level security, with the reasons. */
const withoutRowSecurity = new Set([
  // Names of migrations. They belong to no team, and every login that opens the database reads them.
  'schema_migrations',
]);

/** Tables without team rows, with the reasons. */
const ofNoTeam = new Set([
  // A login is counted before its team is known.
  'rate_limits',
]);

/** Rights by table and role. `update (a, b)` covers only these columns. */
const grants: Record<string, { parley_app?: string[]; parley_system?: string[]; public?: string[] }> = {
  // A team updates its own row; only an operator inserts one.
  teams: { parley_app: ['select', 'update'], parley_system: ['insert', 'select'] },
  // A user is deleted only with the team. The system finds accounts at login, and inserts a team's first user.
  users: { parley_app: ['insert', 'select', 'update'], parley_system: ['insert', 'select'] },
  // A login inserts a session in the transaction that locks its user. An older version inserts it as the system.
  sessions: {
    parley_app: ['delete', 'insert', 'select', 'update (expires_at)'],
    parley_system: ['delete', 'insert', 'select', 'update (expires_at)'],
  },
  api_keys: {
    parley_app: ['insert', 'select', 'update'],
    parley_system: ['select', 'update (last_used_at)'],
  },
  invites: { parley_app: ['insert', 'select', 'update'], parley_system: ['select'] },
  // The system cannot read webhook URLs and secrets, avatars, chats, or the text of messages.
  agents: { parley_app: ['delete', 'insert', 'select', 'update'] },
  agent_avatars: { parley_app: ['delete', 'insert', 'select', 'update'] },
  chats: { parley_app: ['delete', 'insert', 'select', 'update'] },
  messages: {
    parley_app: ['insert', 'select', 'update'],
    parley_system: ['select (id, team_id)', 'update (content, parts, status, updated_at)'],
  },
  runs: {
    parley_app: ['insert', 'select', 'update'],
    parley_system: ['select', 'update (ended_at, error_message, error_reason, lease_expires_at, state)'],
  },
  run_events: {
    parley_app: ['insert', 'select'],
    parley_system: ['delete', 'insert', 'select', 'update (created_at)'],
  },
  // Rolled up once; deleted only with its chat.
  usage_days: { parley_app: ['insert', 'select'] },
  error_logs: { parley_app: ['insert', 'select'] },
  // Append-only.
  audit_log: { parley_app: ['insert', 'select'] },
  rate_limits: { parley_system: ['delete', 'insert', 'select', 'update'] },
  schema_migrations: { public: ['select'] },
};

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database[Symbol.asyncDispose]());

async function select<Row>(query: string): Promise<Row[]> {
  return (await sql.raw<Row>(query).execute(database.db)).rows;
}

interface Policy {
  table: string;
  name: string;
  role: string;
  command: string;
  kind: string;
  using: string;
  check: string | null;
}

async function listPolicies(): Promise<Policy[]> {
  return select<Policy>(
    `select tablename as "table", policyname as name, array_to_string(roles, ' ') as role, cmd as command,
            permissive as kind, qual as "using", with_check as "check"
     from pg_policies where schemaname = 'public' order by 1, 2`,
  );
}

async function listTables() {
  return select<{ name: string; isEnabled: boolean; isForced: boolean; hasTeam: boolean }>(
    `select c.relname as name, c.relrowsecurity as "isEnabled", c.relforcerowsecurity as "isForced", exists (
       select from pg_attribute a where a.attrelid = c.oid and a.attname = 'team_id' and not a.attisdropped
     ) as "hasTeam"
     from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`,
  );
}

/** Grants to roles other than the owner, in the notation of `grants`. */
async function listGrants(): Promise<typeof grants> {
  const rows = await select<{ table: string; role: string; right: string; columns: string | null }>(
    `select "table", role, "right", string_agg("column", ', ' order by "column") as columns
     from (
       select c.relname as "table", coalesce(r.rolname, 'public') as role, lower(g.privilege_type) as "right", null as "column"
       from pg_class c cross join aclexplode(c.relacl) g left join pg_roles r on r.oid = g.grantee
       where c.relnamespace = 'public'::regnamespace and g.grantee <> c.relowner
       union all
       select c.relname, coalesce(r.rolname, 'public'), lower(g.privilege_type), a.attname
       from pg_class c join pg_attribute a on a.attrelid = c.oid cross join aclexplode(a.attacl) g
       left join pg_roles r on r.oid = g.grantee
       where c.relnamespace = 'public'::regnamespace and g.grantee <> c.relowner
     ) given
     group by 1, 2, 3 order by 1, 2, 3`,
  );
  const found: Record<string, Record<string, string[]>> = {};
  for (const { table, role, right, columns } of rows) {
    const ofTable = (found[table] ??= {});
    (ofTable[role] ??= []).push(columns === null ? right : `${right} (${columns})`);
  }
  return found;
}

describe('row-level security', () => {
  test('row-level security is on for every table, and binds its owner', async () => {
    const open = (await listTables()).filter(({ isEnabled, isForced }) => !isEnabled || !isForced);
    expect(open.map(({ name }) => name)).toEqual([...withoutRowSecurity]);
    expect(open.filter(({ hasTeam }) => hasTeam)).toEqual([]);
  });

  test('parley_app has one policy per table, which limits it to the rows of its team', async () => {
    const policies = (await listPolicies()).filter(({ role }) => role !== 'parley_system');
    const tables = (await listTables()).filter(
      ({ name }) => !withoutRowSecurity.has(name) && !ofNoTeam.has(name),
    );
    // Permissive policies add up: a second one for the same role would reveal what the first one hides.
    expect(policies).toEqual(
      tables.map(({ name }) => ({
        table: name,
        name: 'team',
        role: 'parley_app',
        command: 'ALL',
        kind: 'PERMISSIVE',
        using: `(${name === 'teams' ? 'id' : 'team_id'} = ( SELECT current_team_id() AS current_team_id))`,
        check: null,
      })),
    );
  });

  test('parley_system has all rows of its tables, and none of the others', async () => {
    const policies = (await listPolicies()).filter(({ role }) => role === 'parley_system');
    const tables = Object.keys(grants).filter((table) => grants[table]?.parley_system !== undefined);
    expect(policies.map(({ table, name, command, using }) => ({ table, name, command, using }))).toEqual(
      tables.toSorted().map((table) => ({ table, name: 'system', command: 'ALL', using: 'true' })),
    );
  });
});

describe('rights', () => {
  test('the rights on tables are exactly those listed here', async () => {
    expect(await listGrants()).toEqual(grants);
  });

  test('rights cannot be passed on, and no other role has any', async () => {
    const rows = await select(
      `select c.relname from pg_class c cross join aclexplode(c.relacl) g
       where c.relnamespace = 'public'::regnamespace and g.is_grantable and g.grantee <> c.relowner`,
    );
    expect(rows).toEqual([]);
  });

  test('the roles cannot log in, own nothing, and are members of no role', async () => {
    const roles = await select(
      `select rolname, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or rolcanlogin as "hasPowers",
              exists (select from pg_class where relowner = r.oid) as owns,
              exists (select from pg_auth_members where member = r.oid) as "isMember",
              has_schema_privilege(oid, 'public', 'usage') as "usesSchema",
              has_schema_privilege(oid, 'public', 'create') as "createsTables",
              has_database_privilege(oid, current_database(), 'create') as "createsSchemas"
       from pg_roles r where rolname in ('parley_app', 'parley_system') order by 1`,
    );
    const nothing = {
      hasPowers: false,
      owns: false,
      isMember: false,
      createsTables: false,
      createsSchemas: false,
    };
    expect(roles).toEqual([
      { rolname: 'parley_app', usesSchema: true, ...nothing },
      { rolname: 'parley_system', usesSchema: true, ...nothing },
    ]);
  });
});

describe("the owner's rights", () => {
  test("no view runs with its owner's rights", async () => {
    const views = await select(
      `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')
       and not coalesce(reloptions @> array['security_invoker=true'], false)`,
    );
    expect(views).toEqual([]);
  });

  test("no function runs with its owner's rights or depends on its caller's search path", async () => {
    const functions = await select<{ name: string; isOfOwner: boolean; isPinned: boolean }>(
      `select p.oid::regprocedure::text as name, p.prosecdef as "isOfOwner",
              -- A body that is no string is bound to its tables when it is made.
              p.prosqlbody is not null or coalesce(p.proconfig::text ~ 'search_path=', false) as "isPinned"
       from pg_proc p where pronamespace = 'public'::regnamespace order by 1`,
    );
    expect(functions.length).toBeGreaterThan(2);
    expect(functions.filter(({ isOfOwner, isPinned }) => isOfOwner || !isPinned)).toEqual([]);
  });
});
