// Runs one command of program.ts and sets the exit code.
import { CommanderError } from 'commander';
import type { CommandContext } from './command-context.ts';
import { readEnvironment } from './environment.ts';
import { exitCode } from './exit-code.ts';
import { explainError } from './explain-error.ts';
import { createProgram, type Run } from './program.ts';
import { createTerminal } from './terminal.ts';

const interruption = new AbortController();
process.once('SIGINT', () => interruption.abort(new Error('Interrupted.')));
// `parley chat ... | head -1` closes stdout: exit without an error.
process.stdout.once('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const context: CommandContext = {
  terminal: createTerminal(process),
  stdin: process.stdin,
  environment: readEnvironment(process.env),
  signal: interruption.signal,
};

/** Prints a failure as one line on stderr. */
const run: Run = async ({ json, url }, work) => {
  try {
    process.exitCode = (await work()) === false ? exitCode.failed : exitCode.done;
  } catch (error) {
    if (isInterruption(error)) {
      process.exitCode = exitCode.interrupted;
      return;
    }
    const failure = explainError(error, url ?? context.environment.url ?? 'the server');
    context.terminal.fail(failure, { isJson: json === true });
    process.exitCode = failure.exitCode;
  }
};

try {
  await createProgram(context, run).parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // commander has already printed the help or the problem of the command line.
  process.exitCode = error.exitCode === 0 ? exitCode.done : exitCode.usage;
}

/** A prompt catches Ctrl-C itself and throws an ExitPromptError. */
function isInterruption(error: unknown): boolean {
  return interruption.signal.aborted || (error instanceof Error && error.name === 'ExitPromptError');
}
