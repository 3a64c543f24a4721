// What the tables of commands share: how a command runs, and the options of each kind of command.
import type { Command } from 'commander';
import type { OutputOptions } from '../command-context.ts';

/** Runs a command: prints its failure and sets the exit code. `false` is a failure that the command has printed. */
export type Run = (
  options: OutputOptions & { url?: string },
  work: () => Promise<boolean | void>,
) => Promise<void>;

export function json(command: Command): Command {
  return command.option('--json', 'print the result as JSON, and failures as JSON on stderr');
}

export function toServer(command: Command): Command {
  return json(command).option(
    '--url <url>',
    "the server's address; default: PARLEY_URL or http://127.0.0.1:8000",
  );
}

export function asUser(command: Command): Command {
  return toServer(command)
    .option(
      '--email <email>',
      'log in for this command only; the password comes from PARLEY_PASSWORD or a prompt',
    )
    .option('--team <slug>', 'your team, if that login exists in several');
}

export function ofTeam(command: Command): Command {
  return json(command).requiredOption('--team <slug>', 'the slug or id of the team');
}
