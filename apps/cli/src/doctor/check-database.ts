import type { DatabaseInspection } from '@parley/db';
import type { Finding } from './finding.ts';

/** Findings about a reachable database. */
export function checkDatabase(inspection: DatabaseInspection): Finding[] {
  const { version, isSupportedVersion, schema } = inspection;
  const database: Finding = isSupportedVersion
    ? { check: 'database', level: 'ok', message: `Postgres ${version} answers.` }
    : {
        check: 'database',
        level: 'problem',
        message: `Parley needs Postgres 15 or later; this is ${version}.`,
      };
  const login = checkLogin(inspection);
  const writes = checkWrites(inspection);
  switch (schema) {
    case 'foreign':
      return [
        database,
        login,
        writes,
        {
          check: 'migrations',
          level: 'problem',
          message:
            'The database contains tables of another program. Set DATABASE_URL to a separate database.',
        },
      ];
    case 'empty':
      return [
        database,
        login,
        writes,
        {
          check: 'migrations',
          level: 'problem',
          message: 'The database is empty. To create the schema, run `parley migrate` or start the server.',
        },
      ];
    case 'parley':
      return [
        database,
        login,
        writes,
        checkMigrations(inspection),
        checkRoles(inspection.roles),
        checkRowSecurity(inspection),
        ...checkNotifications(inspection),
      ];
  }
}

function checkLogin({ bypass }: DatabaseInspection): Finding {
  const check = 'database login';
  if (bypass !== undefined) return { check, level: 'problem', message: bypass };
  return { check, level: 'ok', message: 'Row-level security binds it.' };
}

function checkWrites({ writeRefusal }: DatabaseInspection): Finding {
  const check = 'database writes';
  if (writeRefusal === undefined) return { check, level: 'ok', message: 'The database accepts writes.' };
  const message = `The database refuses writes: ${writeRefusal}. Free disk space, or connect to the primary server.`;
  return { check, level: 'problem', message };
}

function checkMigrations({ missingMigrations, unknownMigrations }: DatabaseInspection): Finding {
  const check = 'migrations';
  if (unknownMigrations.length > 0) {
    const names = unknownMigrations.map(({ name }) => name).join(', ');
    return unknownMigrations.every(({ isCompatible }) => isCompatible)
      ? {
          check,
          level: 'warning',
          message: `A newer version of Parley has migrated the database (${names}). This one still works with it. Update it soon.`,
        }
      : {
          check,
          level: 'problem',
          message: `A newer version of Parley has migrated the database (${names}). Update this one, or restore a backup.`,
        };
  }
  if (missingMigrations.length > 0) {
    const message = `Not applied: ${missingMigrations.join(', ')}. Run \`parley migrate\` or start the server.`;
    return { check, level: 'problem', message };
  }
  return { check, level: 'ok', message: 'All migrations are applied.' };
}

function checkRoles(roles: DatabaseInspection['roles']): Finding {
  const problems = roles.flatMap(({ name, exists, mayTakeOn, bypassesRowSecurity }) => {
    if (!exists)
      return [`The role ${name} is missing. An administrator can create it: create role ${name} nologin;`];
    if (bypassesRowSecurity)
      return [`The role ${name} bypasses row-level security: alter role ${name} nosuperuser nobypassrls;`];
    if (!mayTakeOn)
      return [`The user of DATABASE_URL cannot set the role ${name}: grant ${name} to that user;`];
    return [];
  });
  if (problems.length > 0) return { check: 'roles', level: 'problem', message: problems.join(' ') };
  return {
    check: 'roles',
    level: 'ok',
    message: roles.map(({ name }) => name).join(' and ') + ' exist.',
  };
}

function checkRowSecurity({ unprotectedTables, leaksRows }: DatabaseInspection): Finding {
  const check = 'row-level security';
  if (unprotectedTables.length > 0) {
    const message = `It is not enforced on ${unprotectedTables.join(', ')}. Stop the server until the policies of schema.sql are restored.`;
    return { check, level: 'problem', message };
  }
  if (leaksRows) {
    const message =
      'Without a team, rows are visible. Stop the server until the policies match those of schema.sql.';
    return { check, level: 'problem', message };
  }
  return {
    check,
    level: 'ok',
    message: 'It is enforced on every table with team data; without a team, no row is visible.',
  };
}

function checkNotifications({ hearsNotifications }: DatabaseInspection): Finding[] {
  const check = 'notifications';
  if (hearsNotifications === undefined) return [];
  if (hearsNotifications) return [{ check, level: 'ok', message: 'LISTEN and NOTIFY work.' }];
  const message =
    'LISTEN hears nothing: with several instances, streams are up to 2 s behind. For a pooler in transaction mode (PgBouncer), set DATABASE_LISTEN_URL to a direct connection.';
  return [{ check, level: 'warning', message }];
}
