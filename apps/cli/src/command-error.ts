// Errors that a command raises itself. Errors of the server carry the server's reasons.
import { exitCode, type ExitCode } from './exit-code.ts';

/** Has a message that says what to do, a stable reason and an exit code. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
  readonly reason: string;
  readonly exitCode: ExitCode;

  constructor(message: string, options: { reason: string; exitCode?: ExitCode; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.reason = options.reason;
    this.exitCode = options.exitCode ?? exitCode.failed;
  }
}

/** An error in the command line or the environment, which the user can correct. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';

  constructor(message: string) {
    super(message, { reason: 'USAGE', exitCode: exitCode.usage });
  }
}
