// The commands for operators, which work on the server's database.
import { Argument, Option, type Command } from 'commander';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import type { DoctorOptions } from '../doctor/doctor.ts';
import type { CreatingOptions } from '../operator/choose-database.ts';
import type { CreateTeamOptions } from '../operator/create-team.ts';
import type { RestoreCommandOptions } from '../operator/restore.ts';
import type { UserOptions } from '../operator/users.ts';
import { json, ofTeam, type Run } from './options.ts';

export function addDatabaseCommands(program: Command, context: CommandContext, run: Run): void {
  program.commandsGroup("On the server's database (DATABASE_URL, or the embedded one in PARLEY_DATA_DIR):");
  const team = program.command('team').description('Create and list teams.');
  creating(team.command('create'))
    .description('Create a team with its first admin.')
    .argument('<name>', 'the name of the team')
    .requiredOption(
      '--admin-email <email>',
      "the admin's email; the password comes from PARLEY_PASSWORD or a prompt",
    )
    .option('--slug <slug>', 'the short name for logins; default: made from the name')
    .action((name: string, options: CreateTeamOptions) =>
      run(options, async () =>
        (await import('../operator/create-team.ts')).createTeam(name, options, context),
      ),
    );
  json(team.command('list'))
    .description('List all teams.')
    .action((options: OutputOptions) =>
      run(options, async () => (await import('../operator/list-teams.ts')).listTeams(options, context)),
    );

  const user = program.command('user').description('Manage the users of a team.');
  ofTeam(user.command('list'))
    .description('List the users, newest first.')
    .action((options: UserOptions) =>
      run(options, async () => (await import('../operator/users.ts')).listUsers(options, context)),
    );
  ofTeam(user.command('set-role'))
    .description("Change a user's role.")
    .argument('<email>', 'the email of the user')
    .addArgument(roleArgument())
    .action((email: string, role: 'user' | 'admin', options: UserOptions) =>
      run(options, async () =>
        (await import('../operator/users.ts')).setUserRole(email, role, options, context),
      ),
    );
  for (const [name, isActive, description] of [
    ['disable', false, 'Disable a user; all sessions and streams of the user end.'],
    ['enable', true, 'Enable a disabled user.'],
  ] as const) {
    ofTeam(user.command(name))
      .description(description)
      .argument('<email>', 'the email of the user')
      .action((email: string, options: UserOptions) =>
        run(options, async () =>
          (await import('../operator/users.ts')).setUserActive(email, isActive, options, context),
        ),
      );
  }
  ofTeam(user.command('invite'))
    .description('Create an invite: a link if PUBLIC_URL is set, a token otherwise.')
    .addOption(new Option('--role <role>', 'the role').choices(['user', 'admin']).default('user'))
    .option('--hours <number>', 'hours until the invite expires', '168')
    .action((options: UserOptions & { role: 'user' | 'admin'; hours: string }) =>
      run(options, async () => (await import('../operator/users.ts')).inviteUser(options, context)),
    );

  creating(program.command('migrate'))
    .description('Create or migrate the schema. A start of the server does the same.')
    .action((options: CreatingOptions) =>
      run(options, async () => (await import('../operator/migrate.ts')).migrate(options, context)),
    );
  json(program.command('backup'))
    .description('Write a backup of the database to a file. Servers can keep running.')
    .argument('<file>', 'the file; an existing one is replaced once the backup is complete')
    .action((file: string, options: OutputOptions) =>
      run(options, async () => (await import('../operator/backup.ts')).backup(file, options, context)),
    );
  creating(program.command('restore'))
    .description('Restore a backup into an empty database. Stop all servers first.')
    .argument('<file>', 'a file of parley backup, from Postgres or from the embedded database')
    .option('--replace', 'replace everything that the database holds')
    .action((file: string, options: RestoreCommandOptions) =>
      run(options, async () => (await import('../operator/restore.ts')).restore(file, options, context)),
    );
  json(program.command('rotate-key'))
    .description(
      'Encrypt all stored webhook secrets with the first key of ENCRYPTION_KEY. Servers can keep running.',
    )
    .action((options: OutputOptions) =>
      run(options, async () => (await import('../operator/rotate-key.ts')).rotateKey(options, context)),
    );
  json(program.command('doctor'))
    .description('Check environment, database, migrations, roles, secrets and webhooks; change nothing.')
    .option('--strict', 'fail on warnings too')
    .action((options: DoctorOptions) =>
      run(options, async () => (await import('../doctor/doctor.ts')).doctor(options, context)),
    );
}

function creating(command: Command): Command {
  return json(command).option(
    '--embedded',
    'without DATABASE_URL: create the embedded database if there is none',
  );
}

function roleArgument(): Argument {
  return new Argument('<role>', 'the role').choices(['user', 'admin']);
}
