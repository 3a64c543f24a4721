import type { Environment } from './environment.ts';
import type { Terminal } from './terminal.ts';

/** Shared by all commands. */
export interface CommandContext {
  terminal: Terminal;
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  environment: Environment;
  /** Aborts on Ctrl-C. */
  signal: AbortSignal;
}

/** Options of every command. */
export interface OutputOptions {
  json?: true;
}
