import type { Environment } from './environment.ts';
import type { Terminal } from './terminal.ts';

/** What every command is given besides its own arguments. */
export interface CommandContext {
  terminal: Terminal;
  stdin: NodeJS.ReadStream;
  environment: Environment;
  /** Aborts on Ctrl-C. */
  signal: AbortSignal;
}

/** Of every command. */
export interface OutputOptions {
  json?: true;
}
