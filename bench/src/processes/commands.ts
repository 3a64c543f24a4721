// How the processes of a benchmark talk: the one that starts another calls its commands by name, over Node's IPC.

/** What a process can be asked: at most one argument, and a result, both of which structured clone can carry. */
export type Commands = Record<string, (input: never) => unknown>;

export type InputOf<C extends Commands, Name extends keyof C> = Parameters<C[Name]>;
export type OutputOf<C extends Commands, Name extends keyof C> = Awaited<ReturnType<C[Name]>>;

export interface CommandRequest {
  id: number;
  name: string;
  input: unknown;
}

export type CommandResponse = { id: number; output: unknown } | { id: number; error: string };
