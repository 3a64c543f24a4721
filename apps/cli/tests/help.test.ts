import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { readEnvironment } from '../src/environment.ts';
import { createProgram } from '../src/program.ts';
import { createTerminal } from '../src/terminal.ts';
import { runInProcess } from './run-in-process.ts';

async function parley(args: string[]) {
  const command = runInProcess(args);
  return { exitCode: await command.exitCode, stdout: command.stdout(), stderr: command.stderr() };
}

/** The names of a command and of all commands below it. */
function* namesOf(command: Command, names: string[] = []): Generator<string[]> {
  yield names;
  for (const inner of command.commands) yield* namesOf(inner, [...names, inner.name()]);
}

const { stdin, stdout, stderr } = process;
const { signal } = new AbortController();
const terminal = createTerminal({ stdout, stderr });
const environment = readEnvironment({});
const program = createProgram({ terminal, stdin, environment, signal }, async () => {}, { stdout, stderr });
const commands = [...namesOf(program)];

test('every command has help with exit code 0, and --json', async () => {
  expect(commands.length).toBeGreaterThan(30);
  const helps = await Promise.all(commands.map((command) => parley([...command, '--help'])));
  for (const [index, help] of helps.entries()) {
    const name = ['parley', ...(commands[index] ?? [])].join(' ');
    expect(help, name).toMatchObject({ exitCode: 0, stderr: '' });
    expect(help.stdout).toMatch(new RegExp(`^Usage: ${name} `));
    const isGroup = help.stdout.includes('[command]');
    expect(isGroup || help.stdout.includes('--json'), name).toBe(true);
  }
});

test('a mistyped command is refused with a suggestion', async () => {
  const mistyped = await parley(['agnet', 'list']);
  expect(mistyped).toMatchObject({ exitCode: 2, stdout: '' });
  expect(mistyped.stderr).toContain('(Did you mean agent?)');
});
