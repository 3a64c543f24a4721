#!/usr/bin/env node
// The `parley` command: what can be asked of it, and the exit code. What it does is in the file of each command.
import { Command, Option } from 'commander';
import { chat, type ChatOptions, type CommandContext } from './chat.ts';
import type { CreateTeamOptions } from './create-team.ts';
import { explainError } from './explain-error.ts';
import { createTerminal } from './terminal.ts';

const DEFAULT_URL = 'http://127.0.0.1:8000';
/** 128 + SIGINT, as shells have it. */
const INTERRUPTED = 130;

const terminal = createTerminal(process);
const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort(new Error('Interrupted.')));
// `parley chat ... | head -1`: the reader has seen enough. It is no failure, and nothing is left to do.
process.stdout.once('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const context: CommandContext = {
  terminal,
  stdin: process.stdin,
  password: process.env['PARLEY_PASSWORD'],
  signal: interruption.signal,
};

const program = new Command('parley').description('Parley from the command line.');

program
  .command('chat')
  .description('Send a message to an agent, and print its answer as it comes.')
  .argument('<message>', 'what to say; - reads it from stdin')
  .option('--url <url>', 'where the server is', DEFAULT_URL)
  .requiredOption('--email <email>', 'your login; the password is asked for, or comes from PARLEY_PASSWORD')
  .option('--team <slug>', 'your team, if your login fits several')
  .option('--agent <name>', 'who to talk to; the first active agent if left out')
  .addOption(new Option('--chat <id>', 'go on with this chat instead of starting one').conflicts('agent'))
  .option('--json', 'print every event as a line of JSON')
  .action((message: string, options: ChatOptions) => run(options.url, () => chat(message, options, context)));

program
  .command('team')
  .description(
    "Teams, directly on the server's database: DATABASE_URL, or the embedded one in PARLEY_DATA_DIR.",
  )
  .command('create')
  .description('Make a team with its first admin.')
  .argument('<name>', 'the name of the team')
  .requiredOption('--admin-email <email>', 'whose password is asked for, or comes from PARLEY_PASSWORD')
  .option('--slug <slug>', 'what people type to name the team; made from its name if left out')
  .option('--json', 'print the team as a line of JSON')
  .action((name: string, options: CreateTeamOptions) =>
    run(DEFAULT_URL, async () => {
      // Not on the way of the other commands, which need no database.
      const { createTeam } = await import('./create-team.ts');
      const { DATABASE_URL: databaseUrl, PARLEY_DATA_DIR: dataDir = '.parley' } = process.env;
      return createTeam(name, options, { databaseUrl, dataDir }, context);
    }),
  );

await program.parseAsync();

/** Every failure is one line on stderr. */
async function run(url: string, command: () => Promise<boolean>): Promise<void> {
  try {
    process.exitCode = (await command()) ? 0 : 1;
  } catch (error) {
    if (isInterruption(error)) {
      process.exitCode = INTERRUPTED;
      return;
    }
    terminal.fail(explainError(error, url));
    process.exitCode = 1;
  }
}

/** A prompt takes Ctrl-C for itself, and says so by this error. */
function isInterruption(error: unknown): boolean {
  return interruption.signal.aborted || (error instanceof Error && error.name === 'ExitPromptError');
}
