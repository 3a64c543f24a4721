import { Option, type Command } from 'commander';
import type { CommandContext, OutputOptions } from '../command-context.ts';
import type { ChatOptions } from '../remote/chat.ts';
import type { ListChatsOptions, ListOptions } from '../remote/chats.ts';
import type { ConnectOptions } from '../remote/connect.ts';
import { asUser, type Run } from './options.ts';

const DEFAULT_ITEMS = '20';

export function addChatCommands(program: Command, context: CommandContext, run: Run): void {
  const chat = program
    .command('chat')
    .description('Send a message to an agent, or read your chats.')
    .usage('[options] <message>\n       parley chat [command] ...');
  asUser(chat.command('send', { isDefault: true }))
    .description(
      'Send a message and print the answer as it arrives. The name of this command can be left out.',
    )
    .argument('<message>', 'the message; - reads it from stdin')
    .option('--agent <agent>', 'the agent, by name or id; default: the first active agent')
    .addOption(new Option('--chat <id>', 'continue this chat instead of starting one').conflicts('agent'))
    .action((message: string, options: ChatOptions) =>
      run(options, async () => (await import('../remote/chat.ts')).chat(message, options, context)),
    );
  asUser(chat.command('list'))
    .description('List your chats, newest activity first.')
    .option('--archived', 'list the archived chats instead of the others')
    .option('--limit <number>', 'the most chats to list', DEFAULT_ITEMS)
    .action((options: ListChatsOptions) =>
      run(options, async () => (await import('../remote/chats.ts')).listChats(options, context)),
    );
  asUser(chat.command('search'))
    .description('Search the titles and messages of your chats.')
    .argument('<query>', 'words, "phrases", and -words to exclude')
    .option('--limit <number>', 'the most hits to list', DEFAULT_ITEMS)
    .action((query: string, options: ListOptions) =>
      run(options, async () => (await import('../remote/chats.ts')).searchChats(query, options, context)),
    );
  asUser(chat.command('show'))
    .description('Print the messages of a chat.')
    .argument('<chat>', 'its id')
    .action((id: string, options: ConnectOptions & OutputOptions) =>
      run(options, async () => (await import('../remote/chats.ts')).showChat(id, options, context)),
    );
}
