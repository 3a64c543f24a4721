import { Option, type Command } from 'commander';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import type { CreateAgentOptions, UpdateAgentOptions } from '../remote/agents.ts';
import type { ConnectOptions } from '../remote/connect.ts';
import { asUser, type Run } from './options.ts';

export function addAgentCommands(program: Command, context: CommandContext, run: Run): void {
  const agent = program.command('agent').description('The agents of your team.');
  asUser(agent.command('list'))
    .description('List the agents.')
    .action((options: ConnectOptions & OutputOptions) =>
      run(options, async () => (await import('../remote/agents.ts')).listAgents(options, context)),
    );
  withFields(
    asUser(agent.command('create'))
      .description('Create an agent. Admins only.')
      .argument('<name>', 'its name')
      .requiredOption('--webhook-url <url>', 'its webhook; the token comes from PARLEY_WEBHOOK_TOKEN'),
  ).action((name: string, options: CreateAgentOptions) =>
    run(options, async () => (await import('../remote/agents.ts')).createAgent(name, options, context)),
  );
  withFields(
    asUser(agent.command('update'))
      .description('Change an agent; what is not given stays as it is. Admins only.')
      .argument('<agent>', 'its name or id')
      .option('--name <name>', 'its new name')
      .addOption(new Option('--state <state>', 'whether it answers').choices(['active', 'off']))
      .option('--webhook-url <url>', 'its webhook; a new one removes the stored token and secret')
      .option('--remove-webhook-token', 'forget the stored token')
      .option('--remove-signing-secret', 'forget the stored secret'),
  ).action((name: string, options: UpdateAgentOptions) =>
    run(options, async () => (await import('../remote/agents.ts')).updateAgent(name, options, context)),
  );
  asUser(agent.command('delete'))
    .description('Delete an agent. Its chats stay readable. Admins only.')
    .argument('<agent>', 'its name or id')
    .action((name: string, options: ConnectOptions & OutputOptions) =>
      run(options, async () => (await import('../remote/agents.ts')).deleteAgent(name, options, context)),
    );
  asUser(agent.command('test'))
    .description('Call an agent once and report its answer. Admins only.')
    .argument('<agent>', 'its name or id')
    .option('--message <text>', 'the message to send')
    .action((name: string, options: ConnectOptions & OutputOptions & { message?: string }) =>
      run(options, async () =>
        (await import('../remote/test-agent.ts')).runAgentTest(name, options, context),
      ),
    );
}

function withFields(command: Command): Command {
  return command
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
    .addHelpText(
      'after',
      '\nPARLEY_WEBHOOK_TOKEN holds the token of the webhook, and PARLEY_SIGNING_SECRET the secret that signs requests.',
    );
}
