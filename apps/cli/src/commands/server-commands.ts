// The commands for users, which talk to a server over HTTP.
import { Option, type Command } from 'commander';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import type { CreateApiKeyOptions } from '../remote/api-keys.ts';
import type { ConnectOptions } from '../remote/connect.ts';
import type { LoginOptions } from '../remote/login.ts';
import type { ExportOptions } from '../remote/write-export.ts';
import { addAgentCommands } from './agent-commands.ts';
import { addChatCommands } from './chat-commands.ts';
import { asUser, json, toServer, type Run } from './options.ts';

export function addServerCommands(program: Command, context: CommandContext, run: Run): void {
  program.commandsGroup('On a server, over HTTP:');
  toServer(program.command('login'))
    .description('Log in for later commands. The session is stored in a file that only you can read.')
    .requiredOption('--email <email>', 'your email; the password comes from PARLEY_PASSWORD or a prompt')
    .option('--team <slug>', 'your team, if your login exists in several')
    .action((options: LoginOptions) =>
      run(options, async () => (await import('../remote/login.ts')).login(options, context)),
    );
  json(program.command('logout'))
    .description('End the session of parley login.')
    .action((options: OutputOptions) =>
      run(options, async () => (await import('../remote/login.ts')).logout(options, context)),
    );
  addApiKeyCommands(program, context, run);
  addAgentCommands(program, context, run);
  addChatCommands(program, context, run);
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
      run(options, async () => (await import('../remote/write-export.ts')).writeExport(id, options, context)),
    );
}

function addApiKeyCommands(program: Command, context: CommandContext, run: Run): void {
  const keys = program.command('api-key').description('Your API keys, for scripts. They need a login.');
  asUser(keys.command('create'))
    .description('Create a key and print it. It is not shown again.')
    .argument('<name>', 'its purpose')
    .addOption(
      new Option('--scope <scope>', 'what the key may do; agents and admin are for admins')
        .choices(['read', 'chat', 'agents', 'admin'])
        .makeOptionMandatory(),
    )
    .option('--days <number>', 'days until the key expires, or never; default: 90')
    .action((name: string, options: CreateApiKeyOptions) =>
      run(options, async () => (await import('../remote/api-keys.ts')).createApiKey(name, options, context)),
    );
  asUser(keys.command('list'))
    .description('List your keys, newest first, without the keys themselves.')
    .action((options: ConnectOptions & OutputOptions) =>
      run(options, async () => (await import('../remote/api-keys.ts')).listApiKeys(options, context)),
    );
  asUser(keys.command('revoke'))
    .description('Revoke a key. Its next request is refused.')
    .argument('<key>', 'its name or id')
    .action((name: string, options: ConnectOptions & OutputOptions) =>
      run(options, async () => (await import('../remote/api-keys.ts')).revokeApiKey(name, options, context)),
    );
}
