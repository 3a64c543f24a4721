// Reads streams with one of the readers of readers.ts: `reader-process.ts <name>`.
import { readUsage } from '../measure/usage.ts';
import { serveCommands } from '../processes/serve-commands.ts';
import { readers, type AgentCall, type ReaderName } from './readers.ts';

const [name = ''] = process.argv.slice(2);
if (!isReaderName(name)) throw new Error(`There is no reader ${name}.`);
const read = readers[name];

const commands = {
  /** Reads a number of concurrent streams to their ends, and returns the CPU time. */
  async read({
    streams,
    ...call
  }: AgentCall & { streams: number }): Promise<{ cpuUs: number; wallUs: number }> {
    const before = readUsage();
    const chars = await Promise.all(Array.from({ length: streams }, () => read(call)));
    const after = readUsage();
    const [first] = chars;
    if (
      first === 0 ||
      chars.some((count) => !Object.is(count, first) && Math.abs(count - (first ?? 0)) > call.config.tokens)
    )
      throw new Error(`${name} did not read the same text from each stream.`);
    return { cpuUs: after.cpuUs - before.cpuUs, wallUs: after.wallUs - before.wallUs };
  },
};

export type ReaderCommands = typeof commands;

serveCommands(commands);

function isReaderName(text: string): text is ReaderName {
  return text in readers;
}
