import type { MigrationSession } from './migrate.ts';

const advice =
  'A query that forgets to enter a role would then see every team. Create a login for Parley that is not a superuser, as docs/operations.md describes, and set it in DATABASE_URL.';

/**
 * Explains how the login of a connection bypasses row-level security: as a superuser, with BYPASSRLS, or as a member of
 * such a role. Returns undefined for a login that row-level security binds.
 */
export async function explainBypass(session: MigrationSession): Promise<string | undefined> {
  // `session_user` is the login itself, even if `alter role ... set role` changes what it starts as.
  const [role] = await session.select<{ login: string; name: string; isSuperuser: boolean }>(
    `select session_user as login, rolname as name, rolsuper as "isSuperuser" from pg_roles
     where (rolsuper or rolbypassrls) and pg_has_role(session_user, oid, case
       when current_setting('server_version_num')::integer >= 160000 then 'SET' else 'MEMBER' end)
     order by rolname = session_user desc, rolname limit 1`,
  );
  if (role === undefined) return undefined;
  const { login, name, isSuperuser } = role;
  const power = isSuperuser ? 'is a superuser' : 'has BYPASSRLS';
  const means = name === login ? power : `can set the role ${name}, which ${power}`;
  return `Row-level security does not bind the database user ${login}, which ${means}. ${advice}`;
}
