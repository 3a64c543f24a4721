// All commands: what can be asked of each, and where it is done. What a command needs is loaded when it runs, so that
// those that talk to a server do not wait for the database's code.
import { Argument, Command, Option } from 'commander';
import type { CommandContext, OutputOptions } from './command-context.ts';
import type { DoctorOptions } from './doctor/doctor.ts';
import type { CreateTeamOptions } from './operator/create-team.ts';
import type { UserOptions } from './operator/users.ts';
import type { CreateAgentOptions } from './remote/agents.ts';
import type { ChatOptions } from './remote/chat.ts';
import type { ConnectOptions } from './remote/connect.ts';
import type { ExportOptions } from './remote/write-export.ts';
import type { LoginOptions } from './remote/login.ts';

/** Runs a command's work: prints why it failed, and sets the exit code. `false` is a failure that was printed. */
export type Run = (
  options: OutputOptions & { url?: string },
  work: () => Promise<boolean | void>,
) => Promise<void>;

const EXIT_CODES = `
Exit codes:
  0    done
  1    it could not be done, or something is wrong: stderr says what
  2    the command line or the environment cannot be used
  3    log in first
  4    the server or the database cannot be reached, or is busy: try again later
  130  Ctrl-C`;

export function createProgram(context: CommandContext, run: Run): Command {
  const program = new Command('parley')
    .description('Parley from the command line.')
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('(parley <command> --help says what can be asked)')
    .exitOverride();
  addServerCommands(program, context, run);
  addDatabaseCommands(program, context, run);
  return program;
}

function addServerCommands(program: Command, context: CommandContext, run: Run): void {
  program.commandsGroup('On a server, over HTTP:');
  toServer(program.command('login'))
    .description('Log in, for the commands that follow. Kept in a file that nobody else may read.')
    .requiredOption('--email <email>', 'your login; the password is asked for, or comes from PARLEY_PASSWORD')
    .option('--team <slug>', 'your team, if your login fits several')
    .action((options: LoginOptions) =>
      run(options, async () => (await import('./remote/login.ts')).login(options, context)),
    );
  json(program.command('logout'))
    .description('End that login.')
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
    .description('Make an agent. For admins.')
    .argument('<name>', 'what people call it')
    .requiredOption('--webhook-url <url>', 'where it is; its token comes from PARLEY_WEBHOOK_TOKEN')
    .option('--description <text>', 'what it is for')
    .addOption(new Option('--protocol <protocol>', 'how it is spoken to').choices(['webhook', 'openai']))
    .option('--system-prompt <text>', 'what it is told before the conversation')
    .addOption(new Option('--system-prompt-file <path>', 'the same, from a file').conflicts('systemPrompt'))
    .option('--config <json>', 'an object that it is sent with every message')
    .addHelpText('after', '\nThe secret that signs requests comes from PARLEY_SIGNING_SECRET.')
    .action((name: string, options: CreateAgentOptions) =>
      run(options, async () => (await import('./remote/agents.ts')).createAgent(name, options, context)),
    );
  asUser(agent.command('test'))
    .description('Call an agent once, and tell what it answers. For admins.')
    .argument('<agent>', 'its name or id')
    .option('--message <text>', 'what it is asked')
    .action((name: string, options: ConnectOptions & OutputOptions & { message?: string }) =>
      run(options, async () => (await import('./remote/agents.ts')).testAgent(name, options, context)),
    );

  asUser(program.command('chat'))
    .description('Send a message to an agent, and print its answer as it comes.')
    .argument('<message>', 'what to say; - reads it from stdin')
    .option('--agent <agent>', 'who to talk to, by name or id; the first active agent if left out')
    .addOption(new Option('--chat <id>', 'go on with this chat instead of starting one').conflicts('agent'))
    .action((message: string, options: ChatOptions) =>
      run(options, async () => (await import('./remote/chat.ts')).chat(message, options, context)),
    );
  asUser(program.command('export'))
    .description('Write a chat to stdout or to a file, as Markdown or JSON.')
    .argument('<chat>', 'its id')
    .addOption(
      new Option('--format <format>', 'Markdown, or JSON where there is --json, if left out').choices([
        'markdown',
        'json',
      ]),
    )
    .option('--output <file>', 'a file, instead of stdout; it is there when it is whole')
    .action((id: string, options: ExportOptions) =>
      run(options, async () => (await import('./remote/write-export.ts')).writeExport(id, options, context)),
    );
}

function addDatabaseCommands(program: Command, context: CommandContext, run: Run): void {
  program.commandsGroup("On the server's database (DATABASE_URL, or the embedded one in PARLEY_DATA_DIR):");
  const team = program.command('team').description('Teams.');
  json(team.command('create'))
    .description('Make a team with its first admin.')
    .argument('<name>', 'the name of the team')
    .requiredOption('--admin-email <email>', 'whose password is asked for, or comes from PARLEY_PASSWORD')
    .option('--slug <slug>', 'what people type to name the team; made from its name if left out')
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

  const user = program.command('user').description('The users of a team.');
  ofTeam(user.command('set-role'))
    .description('Make a user an admin, or an admin a user.')
    .argument('<email>', 'whom')
    .addArgument(roleArgument())
    .action((email: string, role: 'user' | 'admin', options: UserOptions) =>
      run(options, async () =>
        (await import('./operator/users.ts')).setUserRole(email, role, options, context),
      ),
    );
  for (const [name, isActive, description] of [
    ['disable', false, 'Let a user in no more; all their logins and streams end.'],
    ['enable', true, 'Let a disabled user in again.'],
  ] as const) {
    ofTeam(user.command(name))
      .description(description)
      .argument('<email>', 'whom')
      .action((email: string, options: UserOptions) =>
        run(options, async () =>
          (await import('./operator/users.ts')).setUserActive(email, isActive, options, context),
        ),
      );
  }
  ofTeam(user.command('invite'))
    .description('Make an invite: a link where PUBLIC_URL is set, a token otherwise.')
    .addOption(new Option('--role <role>', 'what they become').choices(['user', 'admin']).default('user'))
    .option('--hours <number>', 'how long it can be used', '168')
    .action((options: UserOptions & { role: 'user' | 'admin'; hours: string }) =>
      run(options, async () => (await import('./operator/users.ts')).inviteUser(options, context)),
    );

  json(program.command('migrate'))
    .description('Make the schema, or bring it up to date. A start of the server does the same.')
    .action((options: OutputOptions) =>
      run(options, async () => (await import('./operator/migrate.ts')).migrate(options, context)),
    );
  json(program.command('rotate-key'))
    .description('Seal all stored webhook secrets with the first key of ENCRYPTION_KEY. Servers may go on.')
    .action((options: OutputOptions) =>
      run(options, async () => (await import('./operator/rotate-key.ts')).rotateKey(options, context)),
    );
  json(program.command('doctor'))
    .description('Look at environment, database, migrations, roles, secrets and webhooks; change nothing.')
    .option('--strict', 'fail on warnings, too')
    .action((options: DoctorOptions) =>
      run(options, async () => (await import('./doctor/doctor.ts')).doctor(options, context)),
    );
}

function json(command: Command): Command {
  return command.option('--json', 'print JSON, and failures as JSON on stderr');
}

function toServer(command: Command): Command {
  return json(command).option('--url <url>', 'where the server is (PARLEY_URL)');
}

function asUser(command: Command): Command {
  return toServer(command)
    .option('--email <email>', 'log in for this command alone; the password as for parley login')
    .option('--team <slug>', 'your team, if that login fits several');
}

function ofTeam(command: Command): Command {
  return json(command).requiredOption('--team <slug>', 'the slug or the id of the team');
}

function roleArgument(): Argument {
  return new Argument('<role>', 'what they become').choices(['user', 'admin']);
}
