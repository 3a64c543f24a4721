import type { DatabaseInspection } from '@parley/db';
import type { Finding } from './finding.ts';

/** What is to be said of a database that answers. */
export function checkDatabase(inspection: DatabaseInspection): Finding[] {
  const { version, isSupportedVersion, schema } = inspection;
  const database: Finding = isSupportedVersion
    ? { check: 'database', level: 'ok', message: `Postgres ${version} answers.` }
    : {
        check: 'database',
        level: 'problem',
        message: `Parley needs Postgres 15 or later; this is ${version}.`,
      };
  switch (schema) {
    case 'foreign':
      return [
        database,
        {
          check: 'migrations',
          level: 'problem',
          message: "The database is another program's. Give Parley one of its own, in DATABASE_URL.",
        },
      ];
    case 'empty':
      return [
        database,
        {
          check: 'migrations',
          level: 'problem',
          message: 'The database is empty. To make it ready: parley migrate, or start the server.',
        },
      ];
    case 'parley':
      return [
        database,
        checkMigrations(inspection),
        checkRoles(inspection.roles),
        checkRowSecurity(inspection),
      ];
  }
}

function checkMigrations({ missingMigrations, unknownMigrations }: DatabaseInspection): Finding {
  const check = 'migrations';
  if (unknownMigrations.length > 0) {
    const names = unknownMigrations.join(', ');
    const message = `A newer Parley has migrated the database (${names}). Update this one, or restore a backup.`;
    return { check, level: 'problem', message };
  }
  if (missingMigrations.length > 0) {
    const message = `Not applied: ${missingMigrations.join(', ')}. Run: parley migrate, or start the server.`;
    return { check, level: 'problem', message };
  }
  return { check, level: 'ok', message: 'All are applied.' };
}

function checkRoles(roles: DatabaseInspection['roles']): Finding {
  const problems = roles.flatMap(({ name, exists, mayTakeOn, bypassesRowSecurity }) => {
    if (!exists)
      return [`The role ${name} is missing. An administrator can make it: create role ${name} nologin;`];
    if (bypassesRowSecurity)
      return [`The role ${name} bypasses row-level security: alter role ${name} nosuperuser nobypassrls;`];
    if (!mayTakeOn) return [`The user of DATABASE_URL may not take on ${name}: grant ${name} to that user;`];
    return [];
  });
  if (problems.length > 0) return { check: 'roles', level: 'problem', message: problems.join(' ') };
  return {
    check: 'roles',
    level: 'ok',
    message: roles.map(({ name }) => name).join(' and ') + ' are in place.',
  };
}

function checkRowSecurity({ unprotectedTables, leaksRows }: DatabaseInspection): Finding {
  const check = 'row-level security';
  if (unprotectedTables.length > 0) {
    const message = `It is not in force on ${unprotectedTables.join(', ')}. schema.sql has the policies; stop the server until they are back.`;
    return { check, level: 'problem', message };
  }
  if (leaksRows) {
    const message =
      'Rows can be seen for no team. Compare the policies with those of schema.sql; stop the server until then.';
    return { check, level: 'problem', message };
  }
  return {
    check,
    level: 'ok',
    message: 'It is in force on every table of teams, and shows nothing to no team.',
  };
}
