// Runs one command of program.ts.
import { CommanderError } from 'commander';
import type { CommandContext } from './command-context.ts';
import { readEnvironment } from './environment.ts';
import { exitCode, type ExitCode } from './exit-code.ts';
import { explainError } from './explain-error.ts';
import type { Run } from './commands/options.ts';
import { createProgram } from './program.ts';
import { createTerminal, type Outputs } from './terminal.ts';

interface Surroundings extends Pick<CommandContext, 'stdin' | 'signal'>, Outputs {
  env: Record<string, string | undefined>;
}

export async function runParley(
  args: readonly string[],
  { stdin, stdout, stderr, env, signal }: Surroundings,
): Promise<ExitCode> {
  const terminal = createTerminal({ stdout, stderr });
  const environment = readEnvironment(env);
  let code: ExitCode = exitCode.done;

  /** Prints a failure as one line on stderr. */
  const run: Run = async ({ json, url }, work) => {
    try {
      if ((await work()) === false) code = exitCode.failed;
    } catch (error) {
      if (signal.aborted || isExitPrompt(error)) {
        code = exitCode.interrupted;
        return;
      }
      const failure = explainError(error, url ?? environment.url ?? 'the server');
      terminal.fail(failure, { isJson: json === true });
      code = failure.exitCode;
    }
  };

  try {
    const program = createProgram({ terminal, stdin, environment, signal }, run, { stdout, stderr });
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // commander has already printed the help or the problem of the command line.
    return error.exitCode === 0 ? exitCode.done : exitCode.usage;
  }
  return code;
}

/** A prompt catches Ctrl-C itself and throws this error. */
function isExitPrompt(error: unknown): boolean {
  return error instanceof Error && error.name === 'ExitPromptError';
}
