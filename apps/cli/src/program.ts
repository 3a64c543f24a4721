// The table of all commands with their options. Each command's code is loaded when it runs, so that commands that talk to
// a server do not load the database.
import { Argument, Command, Option } from 'commander';
import type { CommandContext, OutputOptions } from './command-context.ts';
import type { DoctorOptions } from './doctor/doctor.ts';
import type { CreateTeamOptions } from './operator/create-team.ts';
import type { RestoreCommandOptions } from './operator/restore.ts';
import type { UserOptions } from './operator/users.ts';
import type { CreateAgentOptions } from './remote/agents.ts';
import type { ChatOptions } from './remote/chat.ts';
import type { ConnectOptions } from './remote/connect.ts';
import type { ExportOptions } from './remote/write-export.ts';
import type { LoginOptions } from './remote/login.ts';
import type { Outputs } from './terminal.ts';

/** Runs a command: prints its failure and sets the exit code. `false` is a failure that the command has printed. */
export type Run = (
  options: OutputOptions & { url?: string },
  work: () => Promise<boolean | void>,
) => Promise<void>;

const EXIT_CODES = `
Exit codes:
  0    done
  1    the command failed, or a check found a problem: see stderr
  2    invalid command line or environment
  3    login required
  4    the server or the database is unreachable or busy: try again later
  130  Ctrl-C`;

export function createProgram(context: CommandContext, run: Run, { stdout, stderr }: Outputs): Command {
  const program = new Command('parley')
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .description('Administer and use Parley from the command line.')
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('(for the options of a command: parley <command> --help)')
    .exitOverride();
  addServerCommands(program, context, run);
  addDatabaseCommands(program, context, run);
  return program;
}

function addServerCommands(program: Command, context: CommandContext, run: Run): void {
  program.commandsGroup('On a server, over HTTP:');
  toServer(program.command('login'))
    .description('Log in for later commands. The session is stored in a file that only you can read.')
    .requiredOption('--email <email>', 'your email; the password comes from PARLEY_PASSWORD or a prompt')
    .option('--team <slug>', 'your team, if your login exists in several')
    .action((options: LoginOptions) =>
      run(options, async () => (await import('./remote/login.ts')).login(options, context)),
    );
  json(program.command('logout'))
    .description('End the session of parley login.')
    .action((options: OutputOptions) =>
      run(options, async () => (await import('./remote/login.ts')).logout(options, context)),
    );

  const agent = program.command('agent').description('The agents of your team.');
  asUser(agent.command('list'))
    .description('List the agents.')
    .action((options: ConnectOptions & OutputOptions) =>
      run(options, async () => (await import('./remote/agents.ts')).listAgents(options, context)),
    );
  asUser(agent.command('create'))
    .description('Create an agent. Admins only.')
    .argument('<name>', 'its name')
    .requiredOption('--webhook-url <url>', 'its webhook; the token comes from PARLEY_WEBHOOK_TOKEN')
    .option('--description <text>', 'its purpose')
    .addOption(
      new Option('--protocol <protocol>', 'the protocol of its webhook').choices(['webhook', 'openai']),
    )
    .addOption(
      new Option('--auth <kind>', 'how the token is sent; default: bearer').choices([
        'none',
        'bearer',
        'basic',
        'header',
      ]),
    )
    .option('--auth-header <name>', 'the header of --auth header, such as X-API-Key')
    .option('--answer-field <path>', 'the path of the text in a JSON answer, such as data.reply')
    .option(
      '--answer-node <name>',
      'an n8n node whose text is the answer; may be repeated; default: all nodes',
      (name: string, names: string[] | undefined) => [...(names ?? []), name],
    )
    .option('--system-prompt <text>', 'instructions before the conversation')
    .addOption(new Option('--system-prompt-file <path>', 'the same, from a file').conflicts('systemPrompt'))
    .option('--config <json>', 'a JSON object that is sent with every message')
    .addHelpText('after', '\nPARLEY_SIGNING_SECRET holds the secret that signs requests.')
    .action((name: string, options: CreateAgentOptions) =>
      run(options, async () => (await import('./remote/agents.ts')).createAgent(name, options, context)),
    );
  asUser(agent.command('test'))
    .description('Call an agent once and report its answer. Admins only.')
    .argument('<agent>', 'its name or id')
    .option('--message <text>', 'the message to send')
    .action((name: string, options: ConnectOptions & OutputOptions & { message?: string }) =>
      run(options, async () => (await import('./remote/agents.ts')).runAgentTest(name, options, context)),
    );

  asUser(program.command('chat'))
    .description('Send a message to an agent and print its answer as it arrives.')
    .argument('<message>', 'the message; - reads it from stdin')
    .option('--agent <agent>', 'the agent, by name or id; default: the first active agent')
    .addOption(new Option('--chat <id>', 'continue this chat instead of starting one').conflicts('agent'))
    .action((message: string, options: ChatOptions) =>
      run(options, async () => (await import('./remote/chat.ts')).chat(message, options, context)),
    );
  asUser(program.command('export'))
    .description('Export a chat as Markdown or JSON to stdout or to a file.')
    .argument('<chat>', 'its id')
    .addOption(
      new Option('--format <format>', 'default: json with --json, markdown otherwise').choices([
        'markdown',
        'json',
      ]),
    )
    .option('--output <file>', 'write to this file, once the export is complete')
    .action((id: string, options: ExportOptions) =>
      run(options, async () => (await import('./remote/write-export.ts')).writeExport(id, options, context)),
    );
}

function addDatabaseCommands(program: Command, context: CommandContext, run: Run): void {
  program.commandsGroup("On the server's database (DATABASE_URL, or the embedded one in PARLEY_DATA_DIR):");
  const team = program.command('team').description('Create and list teams.');
  json(team.command('create'))
    .description('Create a team with its first admin.')
    .argument('<name>', 'the name of the team')
    .requiredOption(
      '--admin-email <email>',
      "the admin's email; the password comes from PARLEY_PASSWORD or a prompt",
    )
    .option('--slug <slug>', 'the short name for logins; default: made from the name')
    .action((name: string, options: CreateTeamOptions) =>
      run(options, async () =>
        (await import('./operator/create-team.ts')).createTeam(name, options, context),
      ),
    );
  json(team.command('list'))
    .description('List all teams.')
    .action((options: OutputOptions) =>
      run(options, async () => (await import('./operator/list-teams.ts')).listTeams(options, context)),
    );

  const user = program.command('user').description('Manage the users of a team.');
  ofTeam(user.command('set-role'))
    .description("Change a user's role.")
    .argument('<email>', 'the email of the user')
    .addArgument(roleArgument())
    .action((email: string, role: 'user' | 'admin', options: UserOptions) =>
      run(options, async () =>
        (await import('./operator/users.ts')).setUserRole(email, role, options, context),
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
          (await import('./operator/users.ts')).setUserActive(email, isActive, options, context),
        ),
      );
  }
  ofTeam(user.command('invite'))
    .description('Create an invite: a link if PUBLIC_URL is set, a token otherwise.')
    .addOption(new Option('--role <role>', 'the role').choices(['user', 'admin']).default('user'))
    .option('--hours <number>', 'hours until the invite expires', '168')
    .action((options: UserOptions & { role: 'user' | 'admin'; hours: string }) =>
      run(options, async () => (await import('./operator/users.ts')).inviteUser(options, context)),
    );

  json(program.command('migrate'))
    .description('Create or migrate the schema. A start of the server does the same.')
    .action((options: OutputOptions) =>
      run(options, async () => (await import('./operator/migrate.ts')).migrate(options, context)),
    );
  json(program.command('backup'))
    .description('Write a backup of the database to a file. Servers can keep running.')
    .argument('<file>', 'the file; an existing one is replaced once the backup is complete')
    .action((file: string, options: OutputOptions) =>
      run(options, async () => (await import('./operator/backup.ts')).backup(file, options, context)),
    );
  json(program.command('restore'))
    .description('Restore a backup into an empty database. Stop all servers first.')
    .argument('<file>', 'a file of parley backup, from Postgres or from the embedded database')
    .option('--replace', 'replace everything that the database holds')
    .action((file: string, options: RestoreCommandOptions) =>
      run(options, async () => (await import('./operator/restore.ts')).restore(file, options, context)),
    );
  json(program.command('rotate-key'))
    .description(
      'Encrypt all stored webhook secrets with the first key of ENCRYPTION_KEY. Servers can keep running.',
    )
    .action((options: OutputOptions) =>
      run(options, async () => (await import('./operator/rotate-key.ts')).rotateKey(options, context)),
    );
  json(program.command('doctor'))
    .description('Check environment, database, migrations, roles, secrets and webhooks; change nothing.')
    .option('--strict', 'fail on warnings too')
    .action((options: DoctorOptions) =>
      run(options, async () => (await import('./doctor/doctor.ts')).doctor(options, context)),
    );
}

function json(command: Command): Command {
  return command.option('--json', 'print the result as JSON, and failures as JSON on stderr');
}

function toServer(command: Command): Command {
  return json(command).option(
    '--url <url>',
    "the server's address; default: PARLEY_URL or http://127.0.0.1:8000",
  );
}

function asUser(command: Command): Command {
  return toServer(command)
    .option(
      '--email <email>',
      'log in for this command only; the password comes from PARLEY_PASSWORD or a prompt',
    )
    .option('--team <slug>', 'your team, if that login exists in several');
}

function ofTeam(command: Command): Command {
  return json(command).requiredOption('--team <slug>', 'the slug or id of the team');
}

function roleArgument(): Argument {
  return new Argument('<role>', 'the role').choices(['user', 'admin']);
}
