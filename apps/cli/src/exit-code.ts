/** The exit codes of all commands, for scripts. docs/cli.md lists them. */
export const exitCode = {
  done: 0,
  /** The server, the agent or the database refused, or has a problem. */
  failed: 1,
  /** The command line or the environment is invalid: repeating the command fails again. */
  usage: 2,
  loginRequired: 3,
  /** The server or the database is unreachable or busy: the same command may succeed later. */
  unavailable: 4,
  /** 128 + SIGINT, as in shells. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
