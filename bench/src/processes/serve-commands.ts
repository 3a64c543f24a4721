// The worker's side of a benchmark's processes. The process that starts a worker calls its commands by name over Node's IPC
// (`startWorker`); a worker ends when its parent is gone.

/** The commands of a process. Each takes at most one argument; structured clone must be able to copy argument and result. */
export type Commands = Record<string, (input: never) => unknown>;

export type InputOf<C extends Commands, Name extends keyof C> = Parameters<C[Name]>;
export type OutputOf<C extends Commands, Name extends keyof C> = Awaited<ReturnType<C[Name]>>;

export interface CommandRequest {
  id: number;
  name: string;
  input: unknown;
}

export type CommandResponse = { id: number; output: unknown } | { id: number; error: string };

export function serveCommands(commands: Commands): void {
  process.on('message', (message) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the other end is startWorker, typed by the same Commands
    void answer(commands, message as CommandRequest);
  });
  // Otherwise a process whose parent was killed would keep loading the machine.
  process.on('disconnect', () => process.exit(0));
}

async function answer(commands: Commands, { id, name, input }: CommandRequest): Promise<void> {
  let response: CommandResponse;
  try {
    const command = commands[name];
    if (command === undefined) throw new Error(`There is no command ${name}.`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
    response = { id, output: await command(input as never) };
  } catch (error) {
    response = { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  process.send?.(response);
}
