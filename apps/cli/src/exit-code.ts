/** What a script can tell from how a command ended. README.md lists them. */
export const exitCode = {
  done: 0,
  /** The server, the agent or the database has said no, or something is wrong with it. */
  failed: 1,
  /** The command line or the environment cannot be used: the same again fails the same. */
  usage: 2,
  loginRequired: 3,
  /** The server or the database cannot be reached or is busy: the same again may work later. */
  unavailable: 4,
  /** 128 + SIGINT, as shells have it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
