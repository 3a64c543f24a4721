// The side of a process that was started by `startWorker`: answers its commands, and ends when its parent is gone.
import type { CommandRequest, CommandResponse, Commands } from './commands.ts';

export function serveCommands(commands: Commands): void {
  process.on('message', (message) => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the other end is startWorker, typed by the same Commands
    void answer(commands, message as CommandRequest);
  });
  // A process whose parent was killed would go on loading the machine.
  process.on('disconnect', () => process.exit(0));
}

async function answer(commands: Commands, { id, name, input }: CommandRequest): Promise<void> {
  let response: CommandResponse;
  try {
    const command = commands[name];
    if (command === undefined) throw new Error(`there is no command ${name}`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
    response = { id, output: await command(input as never) };
  } catch (error) {
    response = { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  process.send?.(response);
}
