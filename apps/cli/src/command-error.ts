// The failures that a command finds by itself. What the server says comes with reasons of its own.
import { exitCode, type ExitCode } from './exit-code.ts';

/** A message that says what to do, a stable reason, and the exit code. */
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

/** What the user can mend in the command line or the environment. */
export class UsageError extends CommandError {
  override readonly name = 'UsageError';

  constructor(message: string) {
    super(message, { reason: 'USAGE', exitCode: exitCode.usage });
  }
}
