// The table of all commands with their options. Each command's code is loaded when it runs, so that commands that talk to
// a server do not load the database.
import { Command } from 'commander';
import type { CommandContext } from './command-context.ts';
import { addDatabaseCommands } from './commands/database-commands.ts';
import type { Run } from './commands/options.ts';
import { addServerCommands } from './commands/server-commands.ts';
import type { Outputs } from './terminal.ts';

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
