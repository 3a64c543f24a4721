import type { MigrationSession } from '../src/migrate.ts';

/** Postgres' own description of everything in the schema `public`. */
export async function describeSchema(session: MigrationSession): Promise<unknown[]> {
  return [
    await session.select(
      `select c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, a.attname, a.attnotnull,
              format_type(a.atttypid, a.atttypmod) as type, pg_get_expr(d.adbin, d.adrelid) as "default"
       from pg_class c join pg_attribute a on a.attrelid = c.oid left join pg_attrdef d on (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
       where c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped
       order by c.relname, a.attname`,
    ),
    await session.select(
      `select conrelid::regclass::text as "table", conname, pg_get_constraintdef(oid) as definition from pg_constraint
       where connamespace = 'public'::regnamespace order by 1, 2`,
    ),
    await session.select(`select indexname, indexdef from pg_indexes where schemaname = 'public' order by 1`),
    await session.select(
      `select *, roles::text as roles from pg_policies where schemaname = 'public' order by tablename, policyname`,
    ),
    await session.select(
      `select p.oid::regprocedure::text as signature, pg_get_functiondef(p.oid) as definition from pg_proc p
       where pronamespace = 'public'::regnamespace order by 1`,
    ),
    await session.select(
      `select c.relname, null as attname, coalesce(pg_get_userbyid(nullif(g.grantee, 0)), 'public') as grantee, g.privilege_type, g.is_grantable
       from pg_class c, aclexplode(c.relacl) g
       where c.relnamespace = 'public'::regnamespace and g.grantee <> c.relowner
       union all
       select c.relname, a.attname, coalesce(pg_get_userbyid(nullif(g.grantee, 0)), 'public'), g.privilege_type, g.is_grantable
       from pg_class c join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) g
       where c.relnamespace = 'public'::regnamespace and g.grantee <> c.relowner
       order by 1, 2, 3, 4`,
    ),
    await session.select(
      `select rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls, rolconfig,
              has_schema_privilege(oid, 'public', 'usage') as uses, has_schema_privilege(oid, 'public', 'create') as creates
       from pg_roles where rolname in ('parley_app', 'parley_system') order by 1`,
    ),
    await session.select(
      `select tgrelid::regclass::text as "table", pg_get_triggerdef(oid) as definition from pg_trigger where not tgisinternal order by 1, 2`,
    ),
  ];
}
